"""The comment language of old scripts: from text to records."""
