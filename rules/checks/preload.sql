-- SPDX-License-Identifier: Apache-2.0
--
-- id: preload
-- title: A library is loaded into every program
-- severity: high
-- attack: T1574.006
-- why: What /etc/ld.so.preload names is loaded into each program that
--   starts: that is how rootkits that need no module hide files, and take
--   down passwords.
-- false-positives: Agents of some security products, jemalloc or libsafe
--   put there by an admin. A folder of ld.so.conf that anybody may write
--   to is told, too.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, evidence_id, "offset",
  path AS said_in, source
FROM preload
WHERE source = 'ld.so.preload'
  OR (source = 'ld.so.conf' AND is_scratch(name))
