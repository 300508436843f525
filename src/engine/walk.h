/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Walks a plan's elements in tasks for threads, and in tiles (engine/tile.h).
 */
#ifndef RP_WALK_H
#define RP_WALK_H

#include "engine/plan.h"

/* Runs the plan as chosen. MEMORY: none for blocks in between; nothing was written. */
rp_status rp_walk(const rp_plan *plan, const rp_choice *choice);

#endif
