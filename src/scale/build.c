/* Made by make. */
extern const char scale_build_command[], scale_build_flags[];
const char scale_build_command[] = "gcc";
const char scale_build_flags[] = "-std=gnu11 -fvisibility=hidden -fno-math-errno -fopenmp -O2 -g";
