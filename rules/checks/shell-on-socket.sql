-- SPDX-License-Identifier: Apache-2.0
--
-- id: shell-on-socket
-- title: A shell or interpreter whose input or output is a network
--   connection
-- severity: high
-- attack: T1059.004
-- why: A shell that reads its commands from a TCP connection is a reverse
--   or bind shell: somebody types into it from elsewhere.
-- false-positives: Services that are started for each connection
--   (Accept=yes of systemd, inetd). Sessions of sshd have pipes or a
--   terminal, and are not found.
-- author: the authors of halligan

SELECT host, process_id, coalesce(nullif(exe, ''), comm) || ' to ' ||
    CASE WHEN stdin REGEXP '^(tcp|udp)6? ' THEN stdin
        WHEN stdout REGEXP '^(tcp|udp)6? ' THEN stdout ELSE stderr END AS object,
  nullif(exe, '') AS path, pid, ppid, uid, cmdline, stdin, stdout, stderr, start_ns
FROM process
WHERE (base_name(exe) REGEXP '^-?(sh|bash|dash|ash|zsh|ksh[0-9]*|fish|csh|tcsh|rbash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|lua[0-9.]*|nodejs|node|gawk|mawk|awk|tclsh[0-9.]*)$'
    OR comm REGEXP '^-?(sh|bash|dash|ash|zsh|ksh[0-9]*|fish|csh|tcsh|rbash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|lua[0-9.]*|nodejs|node|gawk|mawk|awk|tclsh[0-9.]*)$')
  AND (stdin REGEXP '^(tcp|udp)6? ' OR stdout REGEXP '^(tcp|udp)6? '
      OR stderr REGEXP '^(tcp|udp)6? ')
