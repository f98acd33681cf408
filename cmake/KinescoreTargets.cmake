# kinescore_library(<name> <folder> [RECURSE] [EXCLUDE <regex>] [PUBLIC <libs>] [PRIVATE <libs>])
#
# Every library of ours is made here, from all .cpp files of its folder: the same warnings and the
# same include root, so that a file is always included by its path from the top
# ("engine/motion/skeleton.h"). A folder without sources gives a header-only (INTERFACE) library.
find_program(KINESCORE_CCACHE ccache)
if(KINESCORE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${KINESCORE_CCACHE})
endif()
find_program(KINESCORE_MOLD mold)
if(KINESCORE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(KINESCORE_ASAN)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

# Quaternions are (w, x, y, z) in memory everywhere (docs: conventions).
add_compile_definitions(GLM_FORCE_QUAT_DATA_WXYZ GLM_ENABLE_EXPERIMENTAL QT_NO_KEYWORDS)

function(kinescore_compile_options target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang>:-Wall -Wextra -Wshadow -Wno-missing-field-initializers
      -ffp-contract=off
      $<$<CONFIG:Release>:-O2 -g1>
      $<$<BOOL:${KINESCORE_WARNINGS_AS_ERRORS}>:-Werror>>)
endfunction()

function(kinescore_library name folder)
  cmake_parse_arguments(ARG "RECURSE;UNITY" "EXCLUDE" "PUBLIC;PRIVATE" ${ARGN})
  if(ARG_RECURSE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.h)
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.h)
  endif()
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${ARG_EXCLUDE})
  endif()
  set(code ${sources})
  list(FILTER code INCLUDE REGEX "\\.cpp$")
  if(code)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    kinescore_compile_options(${name})
    if(ARG_UNITY)
      set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC})
  endif()
endfunction()

# kinescore_test(<name> <folder> LINK <libs>): one GoogleTest program from all *_test.cpp of a
# folder. Its cases are found when it runs (`ctest` lists one test per program).
function(kinescore_test name folder)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  foreach(lib ${ARG_LINK})
    if(NOT TARGET ${lib})
      return()
    endif()
  endforeach()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} tests_support GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    KINESCORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    KINESCORE_TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/tests/data")
  kinescore_compile_options(${name})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
