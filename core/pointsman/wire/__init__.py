"""What comes over the wire before any dialect is read: values in JSON, lines and events in a stream."""
