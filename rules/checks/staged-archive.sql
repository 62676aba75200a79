-- SPDX-License-Identifier: Apache-2.0
--
-- id: staged-archive
-- title: A large archive in a folder for scratch, a hidden or a web one
-- severity: medium
-- attack: T1560.001, T1074.001
-- why: Data is packed before it is carried off, where anybody may write
--   or from where it can be fetched.
-- false-positives: Backups, and archives that somebody unpacked and left.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, kind, size, mode, uid,
    mtime, ctime,
  CASE WHEN is_hidden(name) OR name REGEXP '^/(dev|var/www|srv/www)/' OR (kind <> ''
      AND name REGEXP '[.](jpe?g|png|gif|txt|log|css|js|dat|bin)$') THEN 'high'
      END AS severity
FROM odd_file o WHERE why = 'archive' AND coalesce(packaged, 0) = 0
  AND (is_scratch(name) OR is_hidden(name)
      OR name REGEXP '^/(var/www|srv/www|srv/http|usr/share/nginx)/')
  AND name NOT REGEXP '/[.](cache|npm|m2|gradle|nuget|ccache|git|local/share/Trash)/|[.](whl|jar|egg|deb|rpm|gem|crate)$'
  AND (SELECT count(*) FROM odd_file a WHERE a.why = 'archive' AND top_of(a.name,
      3) = top_of(o.name, 3)) <= 20
