-- SPDX-License-Identifier: Apache-2.0
--
-- id: tunnel
-- title: A tunnel into or out of the network
-- severity: medium
-- attack: T1572, T1090
-- why: Tunnels bring an intruder past the firewall, to hosts behind this
--   one. Tools made for it have names that are known.
-- false-positives: Administrators who use them, and VPN services; ssh
--   with forwarded ports is common among developers, and is told as low.
-- author: the authors of halligan

SELECT host, process_id,
  CASE WHEN base_name(exe) = 'ssh' THEN 'ssh forwarding: ' || cmdline
      ELSE coalesce(nullif(exe, ''), comm) END AS object,
  nullif(exe, '') AS path, sha256, pid, ppid, uid, cmdline,
  CASE WHEN base_name(exe) = 'ssh' THEN 'low' END AS severity
FROM process
WHERE base_name(exe) REGEXP '^(gost|chisel|frpc|frps|ligolo.*|ngrok|cloudflared|rathole|bore|pgrok|iox|ptunnel.*|iodine|dns2tcp.*|hans|stunnel[0-9]*|revsocks|rsocx|earthworm|ew_for_linux.*|nps|npc|wstunnel|pwnat|proxychains.*|gsocket|gs-netcat)$'
  OR comm REGEXP '^(gost|chisel|frpc|frps|ligolo.*|ngrok|rathole|revsocks|gs-netcat|iodine|dns2tcpc)$'
  OR (base_name(exe) = 'socat'
      AND cmdline REGEXP '(?i)(tcp|udp|openssl)[46]?-?(l|listen|connect)?:.*(tcp|udp|openssl)[46]?(-connect)?:')
  OR (base_name(exe) = 'ssh' AND cmdline REGEXP '(^| )-[a-zA-Z0-9]*[RDLw] ?[^ ]')
