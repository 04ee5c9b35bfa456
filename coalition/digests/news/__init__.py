"""What letters tell, by subject: each module words the events of a span as items."""
