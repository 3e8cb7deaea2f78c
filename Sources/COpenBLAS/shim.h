#include <cblas.h>

// LAPACK is inside OpenBLAS, but Debian has no header for it there. Its arguments are pointers, its matrices column-major,
// and the lengths of strings come last; sizes of -1 ask how much `work` is wanted. All return `info`: 0 is success.
void sgelqf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork, int *info);
void sorglq_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work,
             const int *lwork, int *info);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda,
             const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w,
             double *z, const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork,
             int *info, unsigned long jobz_length, unsigned long range_length, unsigned long uplo_length);

/// A = L Q for A of m x n; the reflectors that make Q stay in `a` and `tau`.
static inline int fb_lq(int m, int n, float *a, float *tau, float *work, int lwork)
{
    int info;
    sgelqf_(&m, &n, a, &m, tau, work, &lwork, &info);
    return info;
}

/// The first k rows of Q, whose columns are `lda` apart, from the reflectors of `fb_lq`.
static inline int fb_lq_rows(int k, int n, float *a, int lda, const float *tau, float *work, int lwork)
{
    int info;
    sorglq_(&k, &n, &k, a, &lda, tau, work, &lwork, &info);
    return info;
}

/// The largest `count` eigenvalues of the symmetric n x n matrix in the lower triangle of `a`, which is overwritten: ascending
/// in the first `count` of the n of `w`, their vectors the columns of `z`; `support` has 2 `count` places.
static inline int fb_largest_eigenvalues(int n, double *a, int count, double *w, double *z, int *support, double *work,
                                         int lwork, int *iwork, int liwork)
{
    int first = n - count + 1, found, info;
    double unused = 0, tolerance = 0;
    dsyevr_("V", "I", "L", &n, a, &n, &unused, &unused, &first, &n, &tolerance, &found, w, z, &n, support, work, &lwork,
            iwork, &liwork, &info, 1, 1, 1);
    return info;
}
