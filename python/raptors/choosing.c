/* SPDX-License-Identifier: BSD-3-Clause
 *
 * For raptors/choosing.py: the site of this thread's latest large call, its candidates and their times, and holding the
 * site to one of them.
 */
#include "choose/accuracy.h"
#include "choose/environment.h"
#include "choose/candidates.h"
#include "choose/measure.h"
#include "choose/profile.h"
#include "ext.h"

#include <string.h>

static PyObject *times_of(const rp_trial *trial, int i)
{
    PyObject *times = PyList_New(0);
    const int turns = !trial ? 0 : trial->turns[i] < RP_MOST_ROUNDS ? trial->turns[i] : RP_MOST_ROUNDS;
    for (int k = 0; times && k < turns; k++) {
        PyObject *ns = PyLong_FromDouble(1e9 * (double)trial->seconds[i][k]);
        if (!ns || PyList_Append(times, ns) < 0) {
            Py_CLEAR(times);
        }
        Py_XDECREF(ns);
    }
    return times;
}

static const char *backend_of(const rp_kernel *kernel)
{
    const char *end = kernel ? strrchr(kernel->name, '.') : NULL;
    return !kernel ? "native" : kernel->backend == RP_BACKEND_NATIVE ? "native" : end ? end + 1 : kernel->name;
}

static bool append_row(PyObject *rows, PyObject *row)
{
    const bool ok = row && PyList_Append(rows, row) == 0;
    Py_XDECREF(row);
    return ok;
}

/* [(kernel, backend, all threads, streaming, times in ns)] of the candidates. */
static PyObject *candidates_of(const rp_site *site)
{
    const rp_trial *trial = atomic_load(&site->trial);
    PyObject *rows = PyList_New(0);
    for (int i = 0; rows && trial && i < trial->count; i++) {
        const rp_candidate *c = &trial->candidate[i];
        PyObject *row = Py_BuildValue("(ssNNN)", c->kernel ? c->kernel->name : "-", backend_of(c->kernel),
                                      PyBool_FromLong(c->threaded), PyBool_FromLong(c->stream), times_of(trial, i));
        if (!append_row(rows, row)) {
            Py_CLEAR(rows);
        }
    }
    return rows;
}

/* Who was timed for a function of class RP_FAST: (whose kernels serve, [(whose, ns an element)]). None: this thread's class is
 * another, or the operation is the same in both. */
static PyObject *election_for(const rp_query *query)
{
    const rp_election *election = rp_get_accuracy() == RP_FAST ? rp_election_of(query->op, query->dtype) : NULL;
    if (!election || !election->count) {
        return Py_NewRef(Py_None);
    }
    PyObject *rows = PyList_New(0);
    for (int i = 0; rows && i < election->count; i++) {
        if (!append_row(rows, Py_BuildValue("(sd)", election->name[i], 1e9 * election->seconds[i]))) {
            Py_CLEAR(rows);
        }
    }
    return Py_BuildValue("(sN)", election->elected, rows);
}

/* [(kernel, backend, reason)] of the kernels that would be candidates, or in RP_FAST could have been elected, had they been
 * admitted. */
static PyObject *refused_for(const rp_query *query)
{
    const bool fast = rp_get_accuracy() == RP_FAST;
    PyObject *rows = PyList_New(0);
    for (const rp_registered *r = rp_registered_first(query->op); rows && r; r = r->next) {
        const bool could_serve = r->kernel.result_class == RP_FEW_ULPS ? fast : query->accuracy == RP_ACCURATE;
        if (r->kernel.dtype != query->dtype || r->kernel.shape != query->operands || r->verdict != RP_REFUSED ||
            !could_serve) {
            continue;
        }
        if (!append_row(rows, Py_BuildValue("(sss)", r->name, backend_of(&r->kernel), r->reason))) {
            Py_CLEAR(rows);
        }
    }
    return rows;
}

static const char *const sources[] = {"rank", "online", "profile", "held"};

static PyObject *function_site(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    rp_query query;
    rp_site *site = rp_latest_site(&query);
    if (!site) {
        return Py_NewRef(Py_None);
    }
    rp_trial_ensure(site, &query);
    const rp_candidate *winner = atomic_load(&site->winner);
    rp_candidate unmeasured = rp_choose_unmeasured(&query, site, NULL);
    unmeasured.kernel = rp_latest_kernel(); /* which the call itself was asked about */
    const rp_trial *trial = atomic_load(&site->trial);
    const int leader = trial && !winner ? trial->leader : 0;
    const char *source = winner                              ? sources[atomic_load(&site->source)]
                         : leader                            ? sources[RP_SOURCE_ONLINE]
                         : rp_context_get()->forced_names    ? "environment"
                         : atomic_load(&site->profile_guess) ? "near"
                                                             : sources[RP_SOURCE_PRIORITY];
    const rp_candidate *chosen = winner ? winner : leader ? &trial->candidate[leader] : &unmeasured;
    const int size_class = rp_size_class(query.bytes);
    return Py_BuildValue(
        "{s:s,s:s,s:s,s:s,s:s,s:n,s:n,s:d,s:d,s:s,s:s,s:s,s:N,s:N,s:N,s:N,s:s,s:N}", "op", rp_op_name(query.op),
        "dtype", rp_dtype_name(query.dtype), "operands", rp_class_name(query.operands), "layout",
        rp_layout_name(query.layout), "wide", query.may_thread ? "all" : "one", "bytes", (Py_ssize_t)query.bytes,
        "least_bytes", (Py_ssize_t)rp_size_class_bytes(size_class), "handover", RP_HANDOVER_SECONDS, "noise",
        RP_TRIAL_NOISE, "source", source, "kernel", chosen->kernel ? chosen->kernel->name : "-", "backend",
        backend_of(chosen->kernel), "all_threads", PyBool_FromLong(chosen->threaded), "streaming",
        PyBool_FromLong(chosen->stream), "candidates", candidates_of(site), "refused", refused_for(&query), "accuracy",
        rp_accuracy_name(rp_get_accuracy()), "election", election_for(&query));
}

static PyObject *function_hold(PyObject *module, PyObject *value)
{
    (void)module;
    int index;
    rp_query query;
    if (!ext_int_get(value, &index)) {
        return NULL;
    }
    rp_site *site = rp_latest_site(&query);
    if (!site || !rp_site_hold(site, index)) {
        PyErr_SetString(PyExc_ValueError, "the latest call has no site with such a candidate");
        return NULL;
    }
    return Py_NewRef(Py_None);
}

/* ---- Trials whose calls Python makes ----------------------------------------------------------------------- */

/* place: of each of its candidates in the site's list. */
typedef struct driven_trial {
    rp_site *site;
    rp_trial trial;
    int place[RP_MOST_CANDIDATES];
} driven_trial;

static const char capsule_name[] = "raptors trial";

static void free_trial(PyObject *capsule) { PyMem_Free(PyCapsule_GetPointer(capsule, capsule_name)); }

static driven_trial *trial_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, capsule_name); }

static bool add_candidate(driven_trial *driven, const rp_trial *of_site, PyObject *index)
{
    int i;
    if (!index || !ext_int_get(index, &i)) {
        return false;
    }
    const int place = driven->trial.count;
    if (i < 0 || i >= of_site->count || !rp_trial_add(&driven->trial, of_site->candidate[i], i < of_site->scouts)) {
        PyErr_SetString(PyExc_ValueError, "the latest call's site has no such candidate");
        return false;
    }
    driven->place[place] = i;
    return true;
}

static PyObject *function_trial(PyObject *module, PyObject *arguments)
{
    (void)module;
    int rounds, thorough;
    PyObject *indices;
    rp_query query;
    if (!PyArg_ParseTuple(arguments, "iO!p", &rounds, &PyList_Type, &indices, &thorough)) {
        return NULL;
    }
    rp_site *site = rp_latest_site(&query);
    const rp_trial *of_site = site && rp_trial_ensure(site, &query) ? atomic_load(&site->trial) : NULL;
    if (!of_site || rounds < 1 || PyList_Size(indices) == 0) {
        PyErr_SetString(PyExc_ValueError, "no round, no candidate, or the latest call has no site");
        return NULL;
    }
    driven_trial *driven = PyMem_Malloc(sizeof *driven);
    PyObject *capsule = driven ? PyCapsule_New(driven, capsule_name, free_trial) : PyErr_NoMemory();
    if (!capsule) {
        PyMem_Free(driven);
        return NULL;
    }
    driven->site = site;
    rp_trial_begin(&driven->trial, rounds);
    driven->trial.thorough = thorough;
    for (Py_ssize_t k = 0; k < PyList_Size(indices); k++) {
        if (!add_candidate(driven, of_site, PyList_GetItem(indices, k))) {
            Py_DECREF(capsule);
            return NULL;
        }
    }
    return capsule;
}

static PyObject *function_trial_next(PyObject *module, PyObject *capsule)
{
    (void)module;
    driven_trial *driven = trial_of(capsule);
    if (!driven) {
        return NULL;
    }
    bool able[RP_MOST_CANDIDATES];
    memset(able, true, sizeof able);
    if (rp_trial_is_over(&driven->trial)) {
        return PyLong_FromLong(-1);
    }
    const int i = rp_trial_next(&driven->trial, 1e9, able);
    rp_site_hold(driven->site, driven->place[i]);
    return PyLong_FromLong(driven->place[i]);
}

/* Returns how many turns everyone has had who is still in it. */
static PyObject *function_trial_tell(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *capsule;
    int place, i = 0, least = RP_MOST_ROUNDS;
    double seconds;
    if (!PyArg_ParseTuple(arguments, "Oid", &capsule, &place, &seconds)) {
        return NULL;
    }
    driven_trial *driven = trial_of(capsule);
    if (!driven) {
        return NULL;
    }
    rp_trial *trial = &driven->trial;
    while (i < trial->count && driven->place[i] != place) i++;
    if (i == trial->count || !(seconds >= 0 && seconds < 1e6)) {
        PyErr_SetString(PyExc_ValueError, "no candidate of the trial, or no length of time");
        return NULL;
    }
    const rp_candidate *c = &trial->candidate[i];
    const bool all_threads = rp_candidate_threads(c, rp_get_num_threads()) > 1;
    if (rp_latest_kernel() == c->kernel || i == trial->reference) {
        rp_trial_tell(trial, i, seconds, all_threads && !rp_workers_helped());
    } else {
        rp_trial_refuse(trial, i); /* it does not take this call */
        trial->turn = -1;
    }
    for (int k = 0; k < trial->count; k++) {
        if (k == trial->reference || trial->dropped[k]) continue;
        least = trial->samples[k] < least ? trial->samples[k] : least;
    }
    return PyLong_FromLong(least);
}

/* (place of the winner, [(place, times the reference's, [seconds])]) */
static PyObject *function_trial_result(PyObject *module, PyObject *capsule)
{
    (void)module;
    driven_trial *driven = trial_of(capsule);
    PyObject *rows = driven ? PyList_New(0) : NULL;
    for (int i = 0; rows && i < driven->trial.count; i++) {
        PyObject *row =
            Py_BuildValue("(idN)", driven->place[i], rp_trial_cost(&driven->trial, i), times_of(&driven->trial, i));
        if (!append_row(rows, row)) {
            Py_CLEAR(rows);
        }
    }
    return rows ? Py_BuildValue("(iN)", driven->place[rp_trial_decide(&driven->trial)], rows) : NULL;
}

static PyObject *function_credit(PyObject *module, PyObject *value)
{
    (void)module;
    const double seconds = PyFloat_AsDouble(value);
    if (seconds == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    if (!(seconds >= 0 && seconds < 1e6)) {
        PyErr_SetString(PyExc_ValueError, "seconds must be from 0 to a million");
        return NULL;
    }
    rp_measure_credit(seconds);
    return Py_NewRef(Py_None);
}

static PyObject *function_measure_variants(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    rp_candidates_with_variants();
    return Py_NewRef(Py_None);
}

static PyObject *function_forget_site(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    rp_forget_site();
    return Py_NewRef(Py_None);
}

static PyObject *function_profile_head(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    char head[1024];
    rp_profile_head(head, sizeof head);
    return PyUnicode_DecodeUTF8(head, (Py_ssize_t)strlen(head), "replace");
}

static PyObject *function_load_backends(PyObject *module, PyObject *value)
{
    (void)module;
    PyObject *bytes = PyUnicode_AsUTF8String(value);
    if (!bytes) {
        return NULL;
    }
    rp_status status;
    EXT_CALL(status, true, rp_load_backends(PyBytes_AsString(bytes)));
    Py_DECREF(bytes);
    return status == RP_OK ? Py_NewRef(Py_None) : ext_error(status);
}

static PyObject *text_of(size_t (*write)(char *, size_t))
{
    const size_t size = write(NULL, 0) + 256;
    char *text = PyMem_Malloc(size);
    if (!text) {
        return PyErr_NoMemory();
    }
    write(text, size);
    PyObject *result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    PyMem_Free(text);
    return result;
}

static PyObject *function_ignored_variables(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return text_of(rp_environment_ignored);
}

static PyObject *function_profile_path(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    char path[4096];
    return rp_profile_path(path, sizeof path) ? PyUnicode_DecodeFSDefault(path) : Py_NewRef(Py_None);
}

static PyObject *function_backends_info(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return text_of(rp_backends_info);
}

static PyObject *function_backends_verdicts(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    return text_of(rp_providers_verdicts);
}

PyMethodDef ext_choosing_functions[] = {
    {"_load_backends", function_load_backends, METH_O, "rp_load_backends: names with commas."},
    {"_backends_info", function_backends_info, METH_NOARGS, "rp_backends_info."},
    {"_ignored_variables", function_ignored_variables, METH_NOARGS, "rp_environment_ignored."},
    {"_profile_path", function_profile_path, METH_NOARGS, "Where the profile is read and written, or None: nowhere."},
    {"_backends_verdicts", function_backends_verdicts, METH_NOARGS, "Lines for the profile."},
    {"_site", function_site, METH_NOARGS, "The site of this thread's latest large call, as a dict, or None."},
    {"_hold", function_hold, METH_O, "Hold the latest call's site to candidate i; -1: back to what it had found out."},
    {"_trial", function_trial, METH_VARARGS,
     "A trial of candidates of the latest call's site: rounds, indices, whether all have a turn."},
    {"_trial_next", function_trial_next, METH_O, "Holds the site to the candidate whose call is next; -1: it is over."},
    {"_trial_tell", function_trial_tell, METH_VARARGS, "What that call took: trial, candidate, seconds."},
    {"_trial_result", function_trial_result, METH_O,
     "The winner, and of each how many times the first's time it took."},
    {"_credit", function_credit, METH_O, "Counts seconds spent in calls that online measuring did not time."},
    {"_measure_variants", function_measure_variants, METH_NOARGS,
     "From now on variants of kernels are candidates too."},
    {"_forget_site", function_forget_site, METH_NOARGS, "So that _site() is None until the next large call."},
    {"_profile_head", function_profile_head, METH_NOARGS, "The head of a profile for this machine and build."},
    {NULL, NULL, 0, NULL},
};
