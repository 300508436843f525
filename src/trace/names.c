/* SPDX-License-Identifier: BSD-3-Clause
 *
 * names.c: which function names `raptors trace` counts, as rules and lists of stems. The lists are OpenBLAS's exports
 * but for what does not compute (lsame, ilaenv, xerbla), and a few of MKL's. audit.c asks once for each symbol.
 */
#include "names.h"

#include <stdio.h>
#include <string.h>

/* Fortran names are a precision, or two, and then a stem of BLAS, or of LAPACK: a kind of matrix and an operation. */
static const char stems[] =
    " amax amin asum axpby axpy axpyc cabs1 copy dot dotc dotu dsdot gsvj0 gsvj1 hfrk hgeqz imatcopy isnan max1 nrm2 "
    "omatcopy rot rotg rotm rotmg rscl scal sfrk sum1 swap ";
static const char kinds[] =
    " bb bd di gb ge gg gt hb he hp hs op or pb pf po pp ps pt sb sp st sy tb tf tg tp tr tz un up ";
static const char operations[] =
    " 2st add bak bal bd2 bdb bdb1 bdb2 bdb3 bdb4 bdb5 bdb6 brd con conv convf csd csd2by1 dmd dmdq ebz edc egr ein emm emr "
    "eqr equ equb erf es es3 esx ev ev3 evc evc3 evd evr evx ex2 exc g2l g2r gbr ghr gl2 glm glq gql gqr gr2 grq gs gs2 "
    "gst gtr gtsqr gv gvd gvx hd2 hd3 hr hrd jsv lq lq2 lqf lqs lqt lqt2 lqt3 ls lsd lse lss lst lsx lsy m22 m2l m2r mbr "
    "mhr ml2 mlq mlqt mm mm3m mmt mmtr mql mqr mqrt mr2 mr3 mrq mrz mtr mv ql2 qlf qp3 qp3rk qpf qr qr2 qr2p qrf qrfp "
    "qrs qrt qrt2 qrt3 r r2 r2k rc rfb rfs rfsx rk rq2 rqf ru rzf sc2 sdc sdd sen sja sm sna sqr stf sv svd svd3 svdq "
    "svdx svj svp svp3 svx svxx swapr sy2 syl syl3 tc2 td2 tf2 ti2 trd trf trf2 tri tri2 tri2x trs trs2 ts2 tsls tsqrhrt "
    "ttf ttp ttr ";
/* After the precision and "la": LAPACK's own helpers. */
static const char helpers[] =
    " bad brd cgv cn2 con cp2 cpy crm crt div div1 div2 e2 ebz ed0 ed1 ed2 ed3 ed4 ed5 ed6 ed7 ed8 ed9 eda ein esy ev2 "
    "exc g2 g2c g2d g2s g2z gge ghe gs2 gsy gtf gtm gts gv2 hef hilb hqr hr2 hrd ic1 isnan kf2 ln2 ls0 lsa lsd mc3 mch "
    "mrg mswlq mtsqr neg ngb nge ngt nhb nhe nhf nhp nhs nht nsb nsf nsp nst nsy ntb ntp ntr nv2 orhr pll pmr pmt py2 py3 qgb "
    "qge qhb qhe qhp qp2 qp2rk qp3rk qps qr0 qr1 qr2 qr3 qr4 qr5 qsb qsp qsy qtr qz0 qz1 qz2 qz3 qz4 r1v r2v ran rcm rf rfb rfg rfgp rft rfx "
    "rfy rge rgv rmm rnd rnv ror rot rra rrb rrc rrd rre rrf rrj rrk rrr rrv rtg rtgp rtgs rtv ruv rz rzb rzt s2 scl sd0 "
    "sd1 sd2 sd3 sd4 sd5 sd6 sd7 sd8 sda sdq sdt set sq1 sq2 sq3 sq4 sq5 sq6 sr srt ssq sv2 swlq swp sy2 syf t2c t2s tbs "
    "tdf tm1 tm2 tm3 tm5 tm6 tm7 tme tmr tms tmt tps trd trs trs3 trz tsqr tzm unhr uu2 uum ";
/* Elementwise functions of vForce, after "vv" and before "f" for single precision, and of VML. */
static const char elementwise[] =
    " abs acos acosh acospi add arg asin asinh asinpi atan atan2 atan2pi atanh atanpi cbrt cdfnorm cdfnorminv ceil cis "
    "conj copysign cos cosd cosh cosisin cospi div erf erfc erfcinv erfcx erfinv exp exp10 exp2 expint1 expm1 fabs fdim "
    "floor fmax fmin fmod frac hypot int inv invcbrt invsqrt lgamma linearfrac ln log log10 log1p log2 logb maxmag minmag "
    "modf mul mulbyconj nearbyint nextafter nint pow pow2o3 pow3o2 powr pows powx rec remainder rint round rsqrt sin "
    "sincos sincospi sind sinh sinpi sqr sqrt sub tan tand tanh tanpi tgamma trunc ";

static bool in_list(const char *list, const char *word, size_t length)
{
    char spaced[32];
    if (length == 0 || length > sizeof spaced - 3) {
        return false;
    }
    snprintf(spaced, sizeof spaced, " %.*s ", (int)length, word);
    return strstr(list, spaced) != NULL;
}

static bool starts_with(const char *name, const char *prefix) { return strncmp(name, prefix, strlen(prefix)) == 0; }

/* The length before the first of these endings that the name has, all of which Fortran names bear; 0 for none. */
static size_t before_ending(const char *name)
{
    static const char *const endings[] = {"_64_", "64_", "_64", "_"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t size = strlen(endings[i]);
        if (length > size && strcmp(name + length - size, endings[i]) == 0) {
            return length - size;
        }
    }
    return 0;
}

static bool is_stem(const char *word, size_t length)
{
    if (in_list(stems, word, length)) {
        return true;
    }
    if (length < 3) {
        return false;
    }
    return (in_list(kinds, word, 2) && in_list(operations, word + 2, length - 2)) ||
           (starts_with(word, "la") && in_list(helpers, word + 2, length - 2));
}

static bool is_fortran(const char *name)
{
    size_t length = before_ending(name);
    if (*name == 'i' && length > 2) { /* isamax */
        name++;
        length--;
    }
    size_t word = strcspn(name, "_"); /* dsyev_2stage, dgemm_batch */
    length = word < length ? word : length;
    if (length < 4 || !strchr("sdcz", *name)) {
        return false;
    }
    return is_stem(name + 1, length - 1) || /* or with two precisions, as dznrm2 */
           (in_list(" cs ds dz sc zc zd ", name, 2) && is_stem(name + 2, length - 2));
}

/* `last` may follow a word of the list. */
static bool is_elementwise(const char *word, size_t length, char last)
{
    return in_list(elementwise, word, length) ||
           (length > 1 && word[length - 1] == last && in_list(elementwise, word, length - 1));
}

static bool is_vector_math(const char *name)
{
    bool ended = before_ending(name) > 0;
    size_t length = ended ? before_ending(name) : strlen(name);
    if (starts_with(name, "vv")) { /* vForce: vvexp, vvexpf */
        return length > 2 && is_elementwise(name + 2, length - 2, 'f');
    }
    size_t head = starts_with(name, "vm") ? 3 : 2; /* v or vm, and a precision */
    if (*name != 'v' || length <= head || !strchr("sdcz", name[head - 1])) {
        return false;
    }
    if (name[head] >= 'A' && name[head] <= 'Z') { /* VML from C: vsAdd, vmdSinI, vdAdd_64 */
        return strcspn(name, "_") == length;
    }
    return ended && is_elementwise(name + head, length - head, 'i'); /* from Fortran: vsadd_, vmdsini_ */
}

/* After "mkl_": not its settings, memory and loading, such as mkl_set_num_threads, mkl_domain_get_max_threads. */
static bool is_mkl(const char *name)
{
    static const char *const computing[] = {"bsr", "coo",  "csc",  "csr",  "dia", "dns",
                                            "ge",  "imat", "omat", "potr", "sky", "trsm"};
    if (starts_with(name, "blas_") || starts_with(name, "lapack_") || starts_with(name, "sparse_")) {
        return true;
    }
    bool computes = false;
    for (size_t i = 0; i < sizeof computing / sizeof *computing; i++) {
        computes |= *name && strchr("sdcz", *name) && starts_with(name + 1, computing[i]);
    }
    return computes;
}

bool rp_trace_wants(const char *name)
{
    name += starts_with(name, "scipy_") ? strlen("scipy_") : 0;
    if (starts_with(name, "cblas_") || starts_with(name, "LAPACKE_")) {
        return !strstr(name, "xerbla");
    }
    if (starts_with(name, "mkl_")) {
        return is_mkl(name + 4);
    }
    return starts_with(name, "vDSP_") || is_vector_math(name) || is_fortran(name);
}
