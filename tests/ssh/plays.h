/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that mean no good, before there is any encryption, each on one
 * connection. They end when the other side is gone, or when the play is over.
 */
#ifndef HALLIGAN_TESTS_SSH_PLAYS_H
#define HALLIGAN_TESTS_SSH_PLAYS_H

void play_say_nothing(int fd);
void play_drip_lines(int fd);
void play_drip_bytes(int fd);
void play_flood_lines(int fd);
void play_flood_one_line(int fd);
void play_hang_up(int fd);
void play_banner_and_hang_up(int fd);
void play_banner_and_nothing(int fd);
void play_mail(int fd);
void play_old_ssh(int fd);
void play_talk(int fd);
void play_garbage(int fd);
void play_banner_and_garbage(int fd);
void play_flood_ignore(int fd);
void play_huge_packet(int fd);
void play_rude_goodbye(int fd);

#endif
