"""Pages for people: each module holds the views of one subject, each view makes one call to a domain."""
