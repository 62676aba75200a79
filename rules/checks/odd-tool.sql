-- SPDX-License-Identifier: Apache-2.0
--
-- id: odd-tool
-- title: A tool of the host that answers badly
-- severity: high
-- attack: T1554, T1014
-- why: ps, ls, ss and the like say nothing, say something else than what is
--   there, never come to an end or are not root's alone: whoever asks
--   them on this host sees what somebody wants them to see, or nothing.
-- false-positives: A host under heavy load may be too slow for five seconds; one
--   without the rights to ask the kernel fails. Tools that are not
--   installed are told for information where every system has them, and
--   not at all where small ones have not.
-- author: the authors of halligan

SELECT host, fact_id, name || ': ' || answer AS object, nullif(tool_path, '') AS path,
    asked, status, timeout, said, packaged,
  CASE WHEN answer = 'missing' THEN 'info'
       WHEN answer IN ('hang', 'failed') THEN 'medium' END AS severity
FROM tool
WHERE name IN ('ps', 'ls', 'ss', 'netstat', 'lsmod', 'find', 'who', 'last')
  AND (answer NOT IN ('', 'missing')
    OR (answer = 'missing' AND name IN ('ps', 'ls')))
