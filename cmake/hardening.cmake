# Warnings for all code of ours; hardening and sanitizers by preset.
add_library(segel_flags INTERFACE)
target_compile_options(segel_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wsign-conversion -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror)

set(SEGEL_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")
option(SEGEL_HARDEN "Stack protector, fortified libc calls, full RELRO" OFF)

if(SEGEL_SANITIZE)
  add_compile_options(-fsanitize=${SEGEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SEGEL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's manual: with sanitizers it gives false alarms. The release build has it.
    target_compile_options(segel_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()
if(SEGEL_HARDEN)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full
                      -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS)
  add_link_options(-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()
