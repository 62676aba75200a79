-- SPDX-License-Identifier: Apache-2.0
--
-- id: root-login
-- title: root logged in over the network
-- severity: info
-- attack: T1021.004, T1078.003
-- why: Root's own logins are few on a host that is kept well, and each is
--   somebody's.
-- false-positives: Hosts that are run as root, and our own work on this
--   host.
-- author: the authors of halligan

SELECT host, 'root from ' || CASE WHEN message LIKE '% from % port %'
    THEN substr(message, instr(message, ' from ') + 6,
      max(instr(message, ' port ') - instr(message, ' from ') - 6, 0))
    ELSE '-' END AS object,
  max(event_id) AS event_id, max(message) AS message, count(*) AS logins,
      min(time_ns) AS first, max(time_ns) AS last
FROM event WHERE kind = 'ssh.accepted' AND actor = 'root' GROUP BY 1, 2
