/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys as the console knows them: a Unicode code point, or one of the
 * special ones. Control letters are their code points (^A is 1).
 */
#ifndef HALLIGAN_UI_KEY_H
#define HALLIGAN_UI_KEY_H

#include "base/base.h"

#define KEY_CTRL_(c) ((c)&0x1f)

enum special_key {
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_SPECIAL = 0x200000,
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_INSERT,
	K_DELETE,
	K_BACKTAB,
	K_PASTE_BEGIN,
	K_PASTE_END,
	K_CLICK,  /* row, col */
	K_DOUBLE, /* row, col */
	K_WHEEL_UP,
	K_WHEEL_DOWN,
	K_UNKNOWN,     /* a key we have no name for */
	K_F = 0x200100 /* K_F + n is function key n */
};

struct key {
	int32_t code;
	unsigned row, col; /* of the mouse */
};

#define KEY_NAME_MAX 16

/* "Enter", "^L", "F1", "j" as help shows them. Returns out. */
const char *key_title(int32_t code, char out[KEY_NAME_MAX]);

/* UTF-8 of a code point into out; its length, 0 when it is no character that
 * can be typed into a line. */
size_t key_utf8(int32_t code, char out[5]);

#endif
