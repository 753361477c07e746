"""The ground floor, without a domain: clock, working days, numbers, keys, masking, jobs. Knows no other app."""
