-- SPDX-License-Identifier: Apache-2.0
--
-- id: raw-socket
-- title: A program reads the network past its ports
-- severity: high
-- attack: T1205.002, T1040
-- why: Packet and raw sockets see traffic of ports that nobody listens
--   on: sniffers read passwords so, and backdoors wait for a packet that
--   wakes them (a filter is attached then).
-- false-positives: DHCP clients, network managers, LLDP, keepalived,
--   tcpdump and sensors: those of packages are quiet.
-- author: the authors of halligan

SELECT s.host, s.socket_id, p.process_id,
  coalesce(nullif(p.exe, ''), p.comm, nullif(s.exe, ''), 'an unknown process')
      || ' has a ' || s.proto || ' socket' AS object,
  nullif(p.exe, '') AS path, p.sha256, s.proto, s.protocol, s.type, s.interface,
      s.filter, s.inode, p.pid, s.uid, p.cmdline,
  CASE WHEN p.exe_packaged = 1 AND base_name(p.exe) REGEXP
    '^(dhclient|dhcpcd|dhcpcd5|udhcpc|NetworkManager|systemd-networkd|systemd-resolved|systemd-timesyncd|systemd|wpa_supplicant|hostapd|lldpd|lldpad|ladvd|keepalived|tcpdump|dumpcap|tshark|zeek|suricata|snort|arpwatch|avahi-.*|ping|ping6|fping|mtr-packet|radvd|dnsmasq|kea-dhcp.*|dhcpd|bird|zebra|ospfd|connmand|iwd|pppd|pppoe.*|libvirtd|smcrouted|mrouted|ntpd|chronyd|NetworkManager-dispatcher|isc-dhcp.*)$'
    THEN 'package' END AS quiet,
  CASE WHEN p.pid IS NULL AND coalesce(s.filter, 0) = 0 THEN 'medium'
      END AS severity
FROM socket s LEFT JOIN process p ON p.pid = s.pid
WHERE s.proto IN ('packet', 'raw', 'raw6', 'icmp', 'icmp6')
    AND NOT (s.proto LIKE 'icmp%' AND p.exe_packaged = 1)
