#include "read/foreign.h"

#include <string.h>

#include "core/status.h"

static const char csv[] = "save it as CSV", pandas[] = "save it as CSV, with pandas for example",
                  numpy[] = "save its arrays as NPZ, with numpy for example",
                  r_data[] = "save it as CSV: R's write.csv()",
                  pictures[] = "make one array of all pictures, an NPY file";

/* How files begin, by their own descriptions; BINARY: what could begin a table, too, as with a
 * column of the name "ORCID", and counts where there are bytes that no text has. */
enum proof { ALONE, BINARY };
static const struct {
    const char *magic;
    size_t size, at;
    enum proof proof;
    const char *what, *remedy;
} kinds[] = {
    {"PAR1", 4, 0, BINARY, "a Parquet file", pandas},
    {"ARROW1", 6, 0, BINARY, "an Arrow (Feather) file", pandas},
    {"FEA1", 4, 0, BINARY, "a Feather file", pandas},
    {"ORC", 3, 0, BINARY, "an ORC file", pandas},
    {"Obj\1", 4, 0, ALONE, "an Avro file", pandas},
    {"\x89HDF\r\n\x1a\n", 8, 0, ALONE, "an HDF5 file", numpy},
    {"CDF\1", 4, 0, ALONE, "a NetCDF file", numpy},
    {"CDF\2", 4, 0, ALONE, "a NetCDF file", numpy},
    {"MATLAB 5.0 MAT-file", 19, 0, BINARY, "a MATLAB file", numpy},
    {"SQLite format 3", 16, 0, ALONE, "an SQLite database", csv},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 0, ALONE, "an old Excel workbook", csv},
    {"RDX2\n", 5, 0, BINARY, "an R data file", r_data},
    {"RDX3\n", 5, 0, BINARY, "an R data file", r_data},
    {"X\n\0\0\0", 5, 0, ALONE, "an R data file", r_data},
    {"<stata_dta>", 11, 0, ALONE, "a Stata file", csv},
    {"$FL2@(#)", 8, 0, BINARY, "an SPSS file", csv},
    {"\x80\x02", 2, 0, ALONE, "a Python pickle", numpy},
    {"\x80\x03", 2, 0, ALONE, "a Python pickle", numpy},
    {"\x80\x04\x95", 3, 0, ALONE, "a Python pickle", numpy},
    {"\x80\x05\x95", 3, 0, ALONE, "a Python pickle", numpy},
    {"[{", 2, 0, ALONE, "JSON", pandas},
    {"{\"", 2, 0, ALONE, "JSON", pandas},
    {"<?xml", 5, 0, ALONE, "XML", csv},
    {"<!DOCTYPE", 9, 0, ALONE, "a web page", csv},
    {"<html", 5, 0, ALONE, "a web page", csv},
    {"%PDF-", 5, 0, ALONE, "a PDF document", csv},
    {"\x89PNG", 4, 0, ALONE, "a picture", pictures},
    {"\xff\xd8\xff", 3, 0, ALONE, "a picture", pictures},
    {"Rar!", 4, 0, BINARY, "a RAR archive", "unpack it"},
    {"7z\xbc\xaf\x27\x1c", 6, 0, ALONE, "a 7z archive", "unpack it"},
    {"\x04\x22\x4d\x18", 4, 0, ALONE, "an LZ4 file", "unpack it"},
    {"ustar", 5, 257, BINARY, "a tar archive", "unpack it"},
};

static int has_binary(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (head[i] < '\t' || (head[i] > '\r' && head[i] < ' '))
            return 1;
    return 0;
}

nudge_status nu_foreign_check(const char *name, const unsigned char *head, size_t size,
                              nudge_error *err)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (size >= kinds[k].at + kinds[k].size &&
            memcmp(head + kinds[k].at, kinds[k].magic, kinds[k].size) == 0 &&
            (kinds[k].proof == ALONE || has_binary(head, size)))
            return nu_fail(err, NUDGE_EDATA, "%s: %s: %s", name, kinds[k].what, kinds[k].remedy);
    return NUDGE_OK;
}

nudge_status nu_foreign_check_archive(const nu_zip *zip, nudge_error *err)
{
    static const struct {
        const char *member, *what;
    } documents[] = {
        {"xl/workbook.xml", "an Excel workbook"},
        {"xl/workbook.bin", "an Excel workbook"},
        {"content.xml", "an OpenDocument file"},
        {"word/document.xml", "a Word document"},
    };
    for (size_t k = 0; k < sizeof documents / sizeof *documents; k++)
        if (nu_zip_find(zip, documents[k].member, "") != NULL)
            return nu_fail(err, NUDGE_EDATA, "%s: %s: %s", zip->source->name, documents[k].what,
                           csv);
    return NUDGE_OK;
}
