/* A program of librsync's users, as small as it can be: its whole-file functions, measured on one library and the other.
 *
 *     whole-files version
 *     whole-files signature MAGIC BLOCK_LEN BASIS SIGNATURE
 *     whole-files delta SIGNATURE NEW DELTA
 *     whole-files patch BASIS DELTA NEW
 */

#include <librsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *opened(char const *path, char const *mode) {
    FILE *file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void check(rs_result result) {
    if (result != RS_DONE) {
        fprintf(stderr, "%s\n", rs_strerror(result));
        exit(1);
    }
}

static int closed(FILE *output) {
    if (fclose(output) != 0) {
        perror("close");
        return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    FILE *output;
    if (argc == 2 && strcmp(argv[1], "version") == 0) {
        puts(rs_librsync_version);
        return 0;
    }
    if (argc == 6 && strcmp(argv[1], "signature") == 0) {
        rs_magic_number magic = (rs_magic_number)strtol(argv[2], NULL, 16);
        output = opened(argv[5], "wb");
        check(rs_sig_file(opened(argv[4], "rb"), output, strtoul(argv[3], NULL, 10), 0, magic, NULL));
        return closed(output);
    }
    if (argc == 5 && strcmp(argv[1], "delta") == 0) {
        rs_signature_t *signature;
        check(rs_loadsig_file(opened(argv[2], "rb"), &signature, NULL));
        check(rs_build_hash_table(signature));
        output = opened(argv[4], "wb");
        check(rs_delta_file(signature, opened(argv[3], "rb"), output, NULL));
        return closed(output);
    }
    if (argc == 5 && strcmp(argv[1], "patch") == 0) {
        output = opened(argv[4], "wb");
        check(rs_patch_file(opened(argv[2], "rb"), opened(argv[3], "rb"), output, NULL));
        return closed(output);
    }
    fprintf(stderr, "usage: %s version | signature MAGIC BLOCK_LEN BASIS SIGNATURE | delta SIGNATURE NEW DELTA | "
                    "patch BASIS DELTA NEW\n", argv[0]);
    return 2;
}
