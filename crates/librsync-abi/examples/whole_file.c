/* The three steps over files, as a program without buffers of its own does them.
 *
 *     cc whole_file.c -o whole_file -lrsync
 *     ./whole_file OLD NEW        makes NEW.sig, NEW.delta and NEW.again
 */

#include <librsync.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *opened(char const *name, char const *suffix, char const *mode) {
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s%s", name, suffix);
    file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void check(rs_result result, char const *step) {
    if (result != RS_DONE) {
        fprintf(stderr, "%s: %s\n", step, rs_strerror(result));
        exit(1);
    }
}

/* Late write errors show when a file is closed. */
static void closed(FILE *file) {
    if (fclose(file) != 0) {
        perror("close");
        exit(1);
    }
}

int main(int argc, char **argv) {
    FILE *old_file, *new_file, *sums, *delta, *again;
    rs_signature_t *signature;
    rs_magic_number magic = (rs_magic_number)0;
    size_t block_len = 0, strong_len = 0;
    rs_stats_t stats;
    char line[256];

    if (argc != 3) {
        fprintf(stderr, "usage: %s OLD NEW\n", argv[0]);
        return 2;
    }

    /* Where the old file is: its signature. Zeros are what is recommended for its length. */
    old_file = opened(argv[1], "", "rb");
    sums = opened(argv[2], ".sig", "wb");
    check(rs_sig_args(rs_file_size(old_file), &magic, &block_len, &strong_len), "parameters");
    check(rs_sig_file(old_file, sums, block_len, strong_len, magic, &stats), "signature");
    puts(rs_format_stats(&stats, line, sizeof line));
    closed(sums);

    /* Where the new file is: what differs. */
    sums = opened(argv[2], ".sig", "rb");
    check(rs_loadsig_file(sums, &signature, NULL), "signature");
    check(rs_build_hash_table(signature), "index");
    new_file = opened(argv[2], "", "rb");
    delta = opened(argv[2], ".delta", "wb");
    check(rs_delta_file(signature, new_file, delta, &stats), "delta");
    puts(rs_format_stats(&stats, line, sizeof line));
    rs_free_sumset(signature);
    closed(sums);
    closed(new_file);
    closed(delta);

    /* Where the old file is: the new one. */
    delta = opened(argv[2], ".delta", "rb");
    again = opened(argv[2], ".again", "wb");
    check(rs_patch_file(old_file, delta, again, &stats), "patch");
    puts(rs_format_stats(&stats, line, sizeof line));
    closed(delta);
    closed(again);
    closed(old_file);
    return 0;
}
