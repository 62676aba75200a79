-- SPDX-License-Identifier: Apache-2.0
--
-- id: rc-local
-- title: There is an rc.local
-- severity: low
-- attack: T1037.004
-- why: Distributions ship none, or an empty one: what is in it runs as
--   root at each start, and somebody put it there.
-- false-positives: Admins and images of clouds that start something so.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, evidence_id, lines, signs,
    sample
FROM script WHERE role = 'rc' AND base_name(name) IN ('rc.local', 'boot.local',
    'after.local') AND lines > 0
  AND coalesce(packaged, 0) = 0
