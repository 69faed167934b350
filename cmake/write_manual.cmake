# Puts what PROGRAM --help says into the page of the manual.
execute_process(COMMAND ${PROGRAM} --help OUTPUT_VARIABLE OPTIONS COMMAND_ERROR_IS_FATAL ANY)
# From the first group of options on; to troff a backslash, a leading dot or quote and a hyphen mean something.
string(REGEX REPLACE "^.*OPTIONS\\]\n*" "" OPTIONS "${OPTIONS}")
string(REPLACE "\\" "\\e" OPTIONS "${OPTIONS}")
string(REGEX REPLACE "(^|\n)([.'])" "\\1\\\\&\\2" OPTIONS "${OPTIONS}")
string(REPLACE "-" "\\-" OPTIONS "${OPTIONS}")
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
