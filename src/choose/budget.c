/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What finding better kernels may cost.
 */
#include "choose/budget.h"

/* 3 hundredths and a millisecond are the bound; the millisecond is handed out as a tenth of the first calls, so that even a script
 * that ends after some of them has spent no more than that on what it never gets back. */
static const double FIRST_SHARE = 0.1, SHARE = 0.03, GRANT = 1e-3;
/* Unspent time does not pile up to stalls: a second's share, or what trying out a call twice as long as this one takes. */
static const double KEPT = 0.03;
enum { KEPT_CALLS = 4 };

rp_budget rp_choosing;

static double granted(double seconds)
{
    const double first = FIRST_SHARE * seconds, later = SHARE * seconds + GRANT;
    return first < later ? first : later;
}

static int64_t to_ns(double seconds) { return seconds > 0 ? (int64_t)(1e9 * seconds + 0.5) : 0; }

void rp_budget_earn(rp_budget *budget, double seconds)
{
    const int64_t ns = to_ns(seconds), before = atomic_fetch_add_explicit(&budget->calls_ns, ns, memory_order_relaxed);
    const int64_t grant = to_ns(granted(1e-9 * (double)(before + ns)) - granted(1e-9 * (double)before));
    const double kept = KEPT_CALLS * seconds > KEPT ? KEPT_CALLS * seconds : KEPT;
    int64_t left = atomic_load_explicit(&budget->left_ns, memory_order_relaxed), more;
    do {
        more = left + grant < to_ns(kept) ? left + grant : to_ns(kept);
        if (more <= left) return;
    } while (!atomic_compare_exchange_weak_explicit(&budget->left_ns, &left, more, memory_order_relaxed,
                                                    memory_order_relaxed));
}

double rp_budget_left(const rp_budget *budget)
{
    return 1e-9 * (double)atomic_load_explicit(&budget->left_ns, memory_order_relaxed);
}

void rp_budget_spend(rp_budget *budget, double seconds)
{
    atomic_fetch_sub_explicit(&budget->left_ns, to_ns(seconds), memory_order_relaxed);
    atomic_fetch_add_explicit(&budget->spent_ns, to_ns(seconds), memory_order_relaxed);
}

bool rp_budget_pay(rp_budget *budget, double seconds)
{
    if (rp_budget_left(budget) < seconds) return false;
    rp_budget_spend(budget, seconds);
    return true;
}
