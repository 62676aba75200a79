-- SPDX-License-Identifier: Apache-2.0
--
-- id: log-silence
-- title: A log is silent for long while another of the host goes on
-- severity: low
-- attack: T1070.002 [T1685.006]
-- why: Who cuts lines out of a log leaves a hole in it. The hole is
--   longer than the pauses this log has, and other logs of the host go on
--   in it.
-- false-positives: Quiet hosts, a host that was off, a clock that was
--   set.
-- author: the authors of halligan

WITH e (path, t, event_id) AS (
  SELECT path, time_ns, event_id FROM event
  WHERE path REGEXP '/(auth[.]log|secure|syslog|messages)$' AND time_ns > 0),
g (path, t, gap, event_id) AS (
  SELECT path, t, lead(t) OVER (PARTITION BY path ORDER BY t) - t, event_id FROM e),
o (path, gap, place, n) AS (
  SELECT path, gap, row_number() OVER (PARTITION BY path ORDER BY gap DESC),
      count(*) OVER (PARTITION BY path) FROM g WHERE gap IS NOT NULL),
m (path, n, worst) AS (
  SELECT path, max(n), max(gap) FILTER (WHERE place > n / 100) FROM o GROUP BY path)
SELECT (SELECT name FROM host) AS host, g.path || ' from '
    || strftime('%Y-%m-%d %H:%M:%S', g.t / 1000000000, 'unixepoch') AS object,
    g.path, g.event_id,
  g.gap / 1000000000 AS seconds, m.worst / 1000000000 AS usual_at_most
FROM g JOIN m ON m.path = g.path
WHERE m.n >= 200 AND g.gap > 6 * 3600 * 1000000000 AND g.gap > 3 * coalesce(m.worst,
    0)
  AND (SELECT count(*) FROM e o WHERE o.path <> g.path AND o.t > g.t + g.gap / 10
      AND o.t < g.t + g.gap * 9 / 10) >= 10
