-- What an answer costs beside its tokens.
ALTER TABLE attempts ADD COLUMN searches INTEGER NOT NULL DEFAULT 0;    -- web searches made for it
ALTER TABLE attempts ADD COLUMN region TEXT NOT NULL DEFAULT '';        -- where it was computed; empty for anywhere
ALTER TABLE attempts ADD COLUMN extras TEXT NOT NULL DEFAULT '[]';      -- a JSON array: what no rate covers
