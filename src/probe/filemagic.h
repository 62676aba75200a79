/* SPDX-License-Identifier: Apache-2.0 */
/* The database of the module "magic": the console's, never the host's. */
#ifndef HALLIGAN_PROBE_FILEMAGIC_H
#define HALLIGAN_PROBE_FILEMAGIC_H

#include "base/base.h"
#include "base/bytes.h"

/* What libmagic is given when a rule asks it; set before the first scan and
 * kept as long as there may be one. */
extern struct bytes filemagic;

#endif
