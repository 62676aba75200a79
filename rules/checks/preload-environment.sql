-- SPDX-License-Identifier: Apache-2.0
--
-- id: preload-environment
-- title: A library is put before others by the environment
-- severity: medium
-- attack: T1574.006
-- why: LD_PRELOAD and LD_AUDIT load a library into one program, or by the
--   files of the environment into all that log in.
-- false-positives: jemalloc, tcmalloc, fakeroot, stdbuf, proxychains and
--   snap do so; these are quiet as long as the library lies in a system
--   folder.
-- author: the authors of halligan

WITH v (fact_id, process_id, object, path, said, what) AS (
  SELECT NULL, p.process_id, e.value || ' of ' || coalesce(nullif(p.exe, ''),
      p.comm),
    p.exe, substr(e.value, instr(e.value, '=') + 1), p.cmdline
  FROM process p, json_each(p.environ) e
  WHERE e.value REGEXP '^(LD_PRELOAD|LD_AUDIT)=.'
    OR (e.value LIKE 'LD_LIBRARY_PATH=%' AND substr(e.value,
        17) REGEXP '(^|:)/(tmp|var/tmp|dev/shm)(/|:|$)')
  UNION ALL
  SELECT fact_id, NULL, name || '=' || value || ' in ' || coalesce(path, source),
    path, value, source
  FROM environment WHERE name IN ('LD_PRELOAD', 'LD_AUDIT') AND value <> ''
  UNION ALL
  SELECT fact_id, NULL, name || ' in ' || coalesce(path, source), path, name, source
  FROM preload WHERE source = 'environment')
SELECT fact_id, process_id, object, path, said AS library, what,
  CASE
      WHEN said REGEXP '^/(usr/)?lib[^ :]*/(libjemalloc|libtcmalloc|libfakeroot|libstdbuf|libproxychains|libgtk3-nocsd)[^ :/]*$'
         OR said REGEXP '^(libjemalloc|libtcmalloc|libfakeroot|libstdbuf)[^/ :]*$'
    THEN 'known library' END AS quiet,
  CASE WHEN said REGEXP '(^|[: ])/(tmp|var/tmp|dev|run/user|home)/'
      OR is_hidden(said)
    THEN 'high' END AS severity
FROM v
