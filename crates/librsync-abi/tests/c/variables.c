/* The variables of the library, reached as executables reach them. */

#include <stdio.h>
#include <stdlib.h>

#include "librsync.h"

/* The length of the first literal of a delta of 300 bytes against nothing. */
static unsigned first_literal(void) {
    static unsigned char const header[] = {'r', 's', 1, 0x36, 0, 0, 8, 0, 0, 0, 0, 8};
    rs_signature_t *signature = NULL;
    FILE *sums = tmpfile(), *new_file = tmpfile(), *delta = tmpfile();
    unsigned char bytes[8] = {0};
    int i;
    fwrite(header, 1, sizeof header, sums);
    for (i = 0; i < 300; i++)
        putc('x', new_file);
    rewind(sums);
    rewind(new_file);
    if (rs_loadsig_file(sums, &signature, NULL) != RS_DONE || rs_build_hash_table(signature) != RS_DONE ||
        rs_delta_file(signature, new_file, delta, NULL) != RS_DONE)
        exit(1);
    rewind(delta);
    if (fread(bytes, 1, sizeof bytes, delta) != sizeof bytes)
        exit(2);
    rs_free_sumset(signature);
    fclose(sums);
    fclose(new_file);
    fclose(delta);
    return bytes[4] <= 64 ? bytes[4] : bytes[5] << 8 | bytes[6];
}

int main(void) {
    unsigned small;
    if (RS_MD4_SUM_LENGTH != 16 || RS_BLAKE2_SUM_LENGTH != 32 || rs_inbuflen != 0 || rs_outbuflen != 0)
        return 3;
    rs_inbuflen = 7;
    rs_outbuflen = 1 << 20;
    small = first_literal();
    rs_inbuflen = 0;
    rs_outbuflen = 0;
    printf("%s: literals of %u and %u\n", rs_librsync_version, small, first_literal());
    return 0;
}
