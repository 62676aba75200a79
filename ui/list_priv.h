/* SPDX-License-Identifier: Apache-2.0 */
/* What list.c and list_draw.c share. */
#ifndef HALLIGAN_UI_LIST_PRIV_H
#define HALLIGAN_UI_LIST_PRIV_H

#include "ui/list.h"

/* Row i of those the filter lets through. */
bool list_get(struct list *l, uint64_t i, struct row *row);
/* What tells the row from the others; the caller's. */
char *list_row_id(struct list *l, const struct row *row, uint64_t i);
bool list_is_marked(struct list *l, const struct row *row, uint64_t i);

#endif
