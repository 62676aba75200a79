-- SPDX-License-Identifier: Apache-2.0
--
-- id: mount-odd
-- title: Something is mounted over a place of the system
-- severity: medium
-- attack: T1564, T1036
-- why: A bind mount over a file or folder of the system shows something
--   else there than what is on the disk, without any file being changed.
-- false-positives: Containers and chroots; read-only systems; snap.
--   Mounts that such tools make are left out.
-- author: the authors of halligan

SELECT host, fact_id, name AS object, name AS path, fstype, source, subtree, options
FROM mount
WHERE name REGEXP '^/(usr/)?(bin|sbin|lib|lib64|libexec)(/|$)|^/etc/(passwd|shadow|group|sudoers|pam[.]d|ssh|ld[.]so|cron|systemd|init[.]d|profile)|^/var/log/(auth|secure|wtmp|btmp|syslog|messages|audit)|^/root/[.]ssh|^/boot/'
  AND name NOT REGEXP '^/boot/(efi|firmware|grub)|^/usr/lib/(modules|wsl|firmware|live)|^/lib/modules|^/etc/(resolv|hosts|hostname)'
  AND fstype NOT IN ('squashfs', 'erofs', 'autofs') AND coalesce(subtree,
      '/') <> '/usr'
