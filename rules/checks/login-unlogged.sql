-- SPDX-License-Identifier: Apache-2.0
--
-- id: login-unlogged
-- title: A login from elsewhere that the log does not have
-- severity: medium
-- attack: T1070.002 [T1685.006], T1078
-- why: Each login by SSH is in auth.log and in wtmp. One that wtmp has
--   and the log has not, although the log goes on before and after it,
--   was taken out of the log.
-- false-positives: Logins by other services; logs that are rate-limited.
-- author: the authors of halligan

SELECT w.host, coalesce(w.actor, '-') || ' at ' || strftime('%Y-%m-%d %H:%M:%S',
    w.time_ns / 1000000000, 'unixepoch') AS object,
  w.event_id, w.evidence_id, w."offset", w.path, w.message, w.actor
FROM event w
WHERE w.kind = 'login' AND w.message REGEXP '(line|tty|on) ?.*pts/'
    AND w.message REGEXP '(host|from|address) '
  AND EXISTS (SELECT 1 FROM event a WHERE a.kind IN ('ssh.accepted',
      'session.opened') AND a.time_ns < w.time_ns - 600000000000)
  AND EXISTS (SELECT 1 FROM event a WHERE a.kind IN ('ssh.accepted',
      'session.opened', 'ssh.disconnected')
      AND a.time_ns > w.time_ns + 600000000000)
  AND NOT EXISTS (SELECT 1 FROM event a WHERE a.kind IN ('ssh.accepted',
      'session.opened') AND a.time_ns BETWEEN w.time_ns - 120000000000
      AND w.time_ns + 120000000000)
