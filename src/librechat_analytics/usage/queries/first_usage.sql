SELECT min(created_at) FROM usage
