-- SPDX-License-Identifier: Apache-2.0
--
-- id: server-shell
-- title: A shell below a server program
-- severity: high
-- attack: T1505.003, T1190
-- why: Web, mail, database and VPN servers have no business with shells:
--   one below them is a web shell, or an exploit that worked.
-- false-positives: CGI scripts, plugins of monitoring agents, Jenkins and
--   other servers that run jobs (below Java it is medium).
-- author: the authors of halligan

WITH RECURSIVE up (process_id, depth, pid) AS (
  SELECT process_id, 0, ppid FROM process
  WHERE (base_name(exe) REGEXP '^-?(sh|bash|dash|ash|zsh|ksh[0-9]*|fish|csh|tcsh|rbash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|lua[0-9.]*|nodejs|node|gawk|mawk|awk|tclsh[0-9.]*)$'
      OR comm REGEXP '^-?(sh|bash|dash|ash|zsh|ksh[0-9]*|fish|csh|tcsh|rbash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|lua[0-9.]*|nodejs|node|gawk|mawk|awk|tclsh[0-9.]*)$')
    AND base_name(exe) NOT REGEXP '^(php.*|node|nodejs)$'
  UNION ALL
  SELECT up.process_id, depth + 1, p.ppid FROM up JOIN process p ON p.pid = up.pid
  WHERE depth < 16 AND p.pid > 1
    AND base_name(p.exe) NOT REGEXP '^(sshd.*|cron|crond|systemd.*|login|su|sudo|tmux.*|screen|dockerd|containerd.*)$')
SELECT s.host, s.process_id, coalesce(nullif(s.exe, ''), s.comm) || ' below '
    || p.exe AS object,
  nullif(s.exe, '') AS path,
  CASE WHEN base_name(p.exe) = 'java' THEN 'medium' END AS severity,
  s.pid, s.uid, s.cmdline, p.pid AS server_pid, p.cmdline AS server_cmdline,
      s.start_ns
FROM up JOIN process s ON s.process_id = up.process_id
    JOIN process p ON p.pid = up.pid
WHERE base_name(p.exe) REGEXP
  '^(nginx.*|apache2|httpd|lighttpd|caddy|php-fpm.*|php-cgi.*|java|node|nodejs|mysqld|mariadbd|postgres|named|exim4|smtpd|master|smbd|vsftpd|proftpd|openvpn|strongswan|charon|redis-server|uwsgi|gunicorn)$'
