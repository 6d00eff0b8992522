/* replay READER FILE...: calls the reader with each file, without libFuzzer. It names the file
 * before, so that the last line says which one it did not survive. */
#include "fuzz.h"

int main(int argc, char **argv)
{
    fuzz_reader = argc > 1 ? reader_named(argv[1]) : NULL;
    HOLDS(fuzz_reader != NULL);
    for (int i = 2; i < argc; i++) {
        static unsigned char bytes[1 << 20];
        FILE *f = fopen(argv[i], "rb");
        printf("# %s\n", argv[i]);
        HOLDS(f != NULL && fflush(stdout) == 0);
        size_t size = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        LLVMFuzzerTestOneInput(bytes, size);
    }
    return 0;
}
