-- SPDX-License-Identifier: Apache-2.0
--
-- id: mail-by-other
-- title: A program that is no mail server speaks to port 25
-- severity: high
-- attack: T1571, T1095
-- why: Mail is sent by the host's mail server. A program of its own that
--   speaks to port 25 elsewhere may hide its traffic there, as WellMail
--   did with TLS on port 25.
-- false-positives: Web applications and monitoring that hand over mail to
--   another host by themselves.
-- author: the authors of halligan

SELECT s.host, s.socket_id, p.process_id,
  coalesce(nullif(p.exe, ''), p.comm, s.exe, 'uid ' || s.uid) || ' to '
      || s.remote AS object,
  nullif(p.exe, '') AS path, p.sha256, s.local, s.remote, s.state, p.pid, p.uid,
      p.cmdline
FROM socket s LEFT JOIN process p ON p.pid = s.pid
WHERE s.proto IN ('tcp', 'tcp6') AND port_of(s.remote) = 25
  AND s.state IN ('established', 'syn-sent', 'syn_sent', 'close-wait', 'close_wait')
  AND address_of(s.remote) NOT REGEXP '^(127[.]|::1$|0[.]0[.]0[.]0$|::$|$)'
  AND coalesce(base_name(p.exe),
      '') NOT REGEXP '^(master|smtp|smtpd|exim4|exim|sendmail|sendmail-mta|msmtp|postfix|opensmtpd|dma|nullmailer.*|qmail.*|ssmtp|esmtp)$'
