-- SPDX-License-Identifier: Apache-2.0
--
-- id: setuid
-- title: A program that runs as its owner or group, and should not
-- severity: medium
-- attack: T1548.001
-- why: A copy of a shell with the setuid bit gives root to any account.
--   Few programs need the bit, and packages bring these.
-- false-positives: Sandboxes of browsers, and software that was installed
--   by hand. What is of a package and known to need it is quiet; the
--   usual programs of a whole system below a folder (a chroot, a
--   container) are left out.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, sha256, why, mode, uid, gid,
    packaged, kind, mtime, ctime,
  CASE WHEN packaged = 1 AND (base_name(name) IN (
    'su', 'sudo', 'sudo-rs', 'su-rs', 'mount', 'umount', 'passwd', 'chsh',
    'chfn', 'gpasswd', 'newgrp', 'newuidmap', 'newgidmap', 'fusermount',
    'fusermount3', 'pkexec', 'ssh-keysign', 'dbus-daemon-launch-helper',
    'polkit-agent-helper-1', 'chrome-sandbox', 'chrome_sandbox',
    'Xorg.wrap', 'Xorg', 'pppd', 'exim4', 'ntfs-3g', 'at', 'doas',
    'crontab', 'ssh-agent', 'expiry', 'chage', 'unix_chkpwd',
    'unix2_chkpwd', 'pam_extrausers_chkpwd', 'dotlockfile', 'wall', 'write',
    'write.ul', 'bsd-write', 'locate', 'mlocate', 'plocate', 'postdrop',
    'postqueue', 'mail-lock', 'mail-unlock', 'mail-touchlock', 'utempter',
    'utmp', 'lockfile', 'procmail', 'screen', 'ping', 'ping6', 'mtr-packet',
    'bwrap', 'snap-confine', 'vmware-user-suid-wrapper', 'VBoxHeadless',
    'VirtualBoxVM', 'dumpcap', 'cdrecord', 'wodim', 'sudoedit', 'mount.nfs',
    'mount.cifs', 'mount.ecryptfs_private', 'mount.davfs', 'umount.nfs',
    'lxc-user-nic', 'mandb', 'man', 'qemu-bridge-helper', 'ssmtp', 'msmtp',
    'nullmailer-queue', 'mailq', 'sendmail', 'suexec', 'suexec-custom',
    'suexec-pristine', 'pam_timestamp_check', 'userhelper', 'usernetctl',
    'staprun', 'grub2-set-bootflag', 'krb5_child', 'ldap_child',
    'proxy_child', 'selinux_child', 'p11_child', 'cockpit-session',
    'cockpit-wsinstance-legacy', 'login_duo',
    'abrt-action-install-debuginfo-to-abrt-cache', 'gnome-keyring-daemon',
    'slock', 'i3lock', 'kcheckpass', 'kppp', 'ksu', 'rcp', 'rlogin',
    'arping', 'clockdiff', 'systemd-detect-virt', 'auth_pam_tool')
    OR base_name(name) REGEXP '^(traceroute6.*|kismet_cap.*|camel-lock-helper.*|sssd_.*|at-spi.*|rsh-redone-.*|tcptraceroute.*)$')
        THEN 'package' END AS quiet,
  CASE WHEN why = 'suid'
      AND base_name(name) REGEXP '^(sh|bash|dash|zsh|ksh[0-9]*|ash|busybox|python[0-9.]*|perl[0-9.]*|ruby[0-9.]*|php[0-9.]*|node|lua[0-9.]*|awk|gawk|mawk|find|vim?|vim[.].*|nano|less|more|env|tar|cp|mv|dd|rsync|nmap|gdb|strace|tee|cat|sed|git|docker|xxd|base64|openssl|curl|wget|nc.*|socat|taskset|nice|timeout|flock|watch|xargs|make|zip|ed|systemctl|chmod|chown|install|cpio|tcpdump|ionice|stdbuf|setarch|unshare|capsh|screen-.*|journalctl|ip|ss|date|head|tail|cut|sort|uniq|diff|nl|od|hd|hexdump|tclsh.*|expect)$'
      THEN 'high'
       WHEN packaged = 1 THEN CASE why WHEN 'suid' THEN 'medium' ELSE 'low' END
       WHEN name REGEXP '^/(tmp|var/tmp|dev|run|home|root|srv|var/www)/'
           OR is_hidden(name) THEN 'high'
       WHEN why = 'suid' AND uid = 0 THEN 'high'
       WHEN why = 'sgid' THEN 'low' END AS severity
FROM odd_file o WHERE why IN ('suid', 'sgid')
  AND NOT (coalesce(packaged, 0) = 0 AND instr(name, '/usr/') > 1
      AND (SELECT count(*) FROM odd_file a
    WHERE a.why = 'suid' AND substr(a.name, 1, instr(o.name,
        '/usr/') + 4) = substr(o.name, 1, instr(o.name, '/usr/') + 4)
      AND base_name(a.name) IN ('su', 'passwd', 'mount', 'umount', 'chsh', 'chfn',
          'gpasswd', 'newgrp')) >= 5
    AND base_name(name) IN ('su', 'sudo', 'passwd', 'mount', 'umount', 'chsh',
        'chfn', 'gpasswd', 'newgrp', 'chage', 'expiry', 'unix_chkpwd',
        'ssh-keysign', 'ssh-agent', 'doas', 'crontab', 'wall', 'write'))
