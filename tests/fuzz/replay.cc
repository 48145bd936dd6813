// Runs a target over the files of a folder: its corpus as an ordinary test, with any compiler.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    // Before it runs, so that the last name is the one that failed.
    std::printf("%s\n", file.filename().c_str());
    std::fflush(stdout);
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> read{std::istreambuf_iterator<char>(in), {}};
    // A copy of just this size, so that ASan sees what is read behind it.
    const crypto::Bytes bytes(read.begin(), read.end());
    fuzz::run(bytes);
  }
  return files.empty() ? 1 : 0;
}
