"""Who is who across articles, languages and days: one name, one key, one id."""
