"""From a request to an answer: who may, who should, who did."""
