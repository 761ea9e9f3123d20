-- The next versions after :after. `log.seq` grows in the order in which versions became visible.
SELECT json_object(
  'seq', log.seq,
  'id', articles.article_id,
  'version', log.number,
  'language', json_extract(versions.document, '$.enrichment.languages.article.tag'),
  'title', json_extract(versions.document, '$.article.title')
)
FROM log
JOIN articles ON articles.id = log.article
JOIN versions ON versions.article = log.article AND versions.number = log.number
WHERE log.seq > @after
ORDER BY log.seq
LIMIT 100;
