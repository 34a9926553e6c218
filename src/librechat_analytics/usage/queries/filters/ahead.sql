created_at > $now
