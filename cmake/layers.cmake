# add_layer(NAME FOLDER dir [USES layer…] [HIDES library…] [SHOWS library…] SOURCES file…)
#
# A static library of the files of one folder. Its include path holds its own folder and those of
# the layers it USES, each through a link of its own under layers/, so that an include which points
# upward finds nothing and does not compile. HIDES: linked, its headers kept from those above.
# SHOWS: libraries whose headers its own headers include.
function(layer_include_dir OUT FOLDER)
  set(dir ${CMAKE_BINARY_DIR}/layers/${FOLDER})
  if(NOT EXISTS ${dir}/${FOLDER})
    file(MAKE_DIRECTORY ${dir})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${FOLDER} ${dir}/${FOLDER} SYMBOLIC)
  endif()
  set(${OUT} ${dir} PARENT_SCOPE)
endfunction()

function(add_layer NAME)
  cmake_parse_arguments(L "" "FOLDER" "USES;HIDES;SHOWS;SOURCES" ${ARGN})
  layer_include_dir(dir ${L_FOLDER})
  list(TRANSFORM L_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/${L_FOLDER}/)
  add_library(${NAME} STATIC ${L_SOURCES})
  target_include_directories(${NAME} PUBLIC ${dir})
  target_link_libraries(${NAME} PUBLIC ${L_USES} ${L_SHOWS} PRIVATE ${L_HIDES} segel_flags)
endfunction()
