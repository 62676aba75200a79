-- SPDX-License-Identifier: Apache-2.0
--
-- id: capability
-- title: A program that has rights of root by its file
-- severity: medium
-- attack: T1548
-- why: Capabilities of a file give its rights to whoever runs it:
--   cap_setuid on an interpreter is as good as setuid.
-- false-positives: ping, mtr and capture tools have such of little power:
--   those of packages are quiet.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, caps, mode, uid,
    packaged, kind, ctime,
  CASE WHEN packaged = 1
      AND base_name(name) NOT REGEXP '^(sh|bash|dash|zsh|ksh[0-9]*|ash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|node|lua[0-9.]*|awk|gawk|mawk|find|vim?|vim[.].*|nano|less|more|env|tar|cp|mv|dd|rsync|nmap|gdb|strace|tee|cat|sed|git|docker|xxd|base64|openssl|curl|wget|nc.*|socat|taskset|nice|timeout|flock|watch|xargs|make|zip|ed|systemctl|chmod|chown|install|cpio|tcpdump|ionice|stdbuf|setarch|unshare|capsh|screen-.*|journalctl|ip|ss|date|head|tail|cut|sort|uniq|diff|nl|od|hd|hexdump|tclsh.*|expect)$'
      AND (caps NOT REGEXP 'cap_(setuid|setgid|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|sys_rawio|chown|fowner|setfcap)'
    OR base_name(name) IN ('newuidmap', 'newgidmap', 'dumpcap',
        'gnome-keyring-daemon', 'snap-confine', 'kwin_wayland', 'sunshine',
        'gst-ptp-helper'))
    THEN 'package' END AS quiet,
  CASE
      WHEN base_name(name) REGEXP '^(sh|bash|dash|zsh|ksh[0-9]*|ash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|node|lua[0-9.]*|awk|gawk|mawk|find|vim?|vim[.].*|nano|less|more|env|tar|cp|mv|dd|rsync|nmap|gdb|strace|tee|cat|sed|git|docker|xxd|base64|openssl|curl|wget|nc.*|socat|taskset|nice|timeout|flock|watch|xargs|make|zip|ed|systemctl|chmod|chown|install|cpio|tcpdump|ionice|stdbuf|setarch|unshare|capsh|screen-.*|journalctl|ip|ss|date|head|tail|cut|sort|uniq|diff|nl|od|hd|hexdump|tclsh.*|expect)$'
      OR caps REGEXP 'cap_(setuid|setgid|dac_override|dac_read_search|sys_admin|sys_ptrace|sys_module|sys_rawio|chown|fowner|setfcap)'
      THEN 'high' END AS severity
FROM odd_file WHERE why = 'caps' AND coalesce(caps, '') <> ''
