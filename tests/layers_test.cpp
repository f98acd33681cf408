// Reads the #include lines of the tree and fails when an arrow points the wrong way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace kinescore {
namespace {

namespace fs = std::filesystem;

/// What each layer may include directly; with it, whatever those may include.
const std::map<std::string, std::set<std::string>> kUses = {
    {"engine/core", {}},
    {"engine/storage", {"engine/core"}},
    {"engine/motion", {"engine/core"}},
    {"engine/character", {"engine/motion"}},
    {"engine/solve", {"engine/motion"}},
    {"engine/timeline", {"engine/motion", "engine/storage"}},
    {"engine/request", {"engine/timeline", "engine/media"}},
    {"engine/project", {"engine/request", "engine/storage"}},
    {"engine/media", {"engine/core", "engine/storage"}},
    {"engine/retarget", {"engine/character", "engine/solve"}},
    {"engine/io", {"engine/character", "engine/timeline", "engine/storage"}},
    {"engine/library", {"engine/motion", "engine/storage", "engine/io", "engine/retarget"}},
    {"engine/generation", {"engine/request", "engine/library", "engine/solve", "cuda"}},
    {"engine/torch_runtime", {"engine/core"}},
    {"engine/text", {"engine/storage", "engine/torch_runtime"}},
    {"engine/network", {"engine/generation", "engine/torch_runtime", "engine/text"}},
    {"engine/train", {"engine/network"}},
    {"engine/evaluate", {"engine/train", "engine/motion"}},
    {"cuda", {}},
    {"shaders", {}},
    {"render", {"engine/character", "cuda", "shaders"}},
    // All of the engine that can be built without torch.
    {"ui", {"engine/project", "engine/generation", "engine/io", "engine/media", "render"}},
    {"app", {"ui", "engine/evaluate", "engine/project", "engine/media"}},
};
const std::set<std::string> kTorchLayers = {"engine/text", "engine/network", "engine/train", "engine/torch_runtime"};
constexpr std::size_t kMaxTorchFiles = 48;  // two networks, their training and the text encoders
constexpr std::size_t kMaxVulkanFilesOfUi = 1;

struct Include {
  fs::path file;  // from the top
  int line = 0;
  std::string target;
  bool isOurs = false;  // "…" and not <…>
  [[nodiscard]] std::string where() const { return file.string() + ":" + std::to_string(line) + " includes " + target; }
};

bool isCode(const fs::path& path) {
  static const std::set<std::string> endings = {".h", ".cpp", ".cu", ".cuh"};
  return endings.count(path.extension().string()) != 0;
}

std::string layerOf(const fs::path& path) {
  auto part = path.begin();
  const std::string top = part->string();
  return top == "engine" ? top + "/" + (++part)->string() : top;
}

std::vector<fs::path> codeFiles() {
  std::vector<fs::path> files;
  const fs::path root(KINESCORE_SOURCE_DIR);
  for (const char* top : {"engine", "cuda", "render", "ui", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (entry.is_regular_file() && isCode(entry.path())) files.push_back(fs::relative(entry.path(), root));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includesOf(const fs::path& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^">]+)[">])");
  std::vector<Include> includes;
  std::ifstream text(fs::path(KINESCORE_SOURCE_DIR) / file);
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) includes.push_back({file, number, match[2], match[1] == "\""});
  }
  return includes;
}

const std::vector<Include>& allIncludes() {
  static const std::vector<Include> all = [] {
    std::vector<Include> list;
    for (const fs::path& file : codeFiles()) {
      for (Include& include : includesOf(file)) list.push_back(std::move(include));
    }
    return list;
  }();
  return all;
}

std::set<std::string> reachableFrom(const std::string& layer) {
  std::set<std::string> reached;
  std::vector<std::string> open = {layer};
  while (!open.empty()) {
    const std::string next = open.back();
    open.pop_back();
    if (!reached.insert(next).second) continue;
    const auto uses = kUses.find(next);
    if (uses != kUses.end()) open.insert(open.end(), uses->second.begin(), uses->second.end());
  }
  return reached;
}

bool isTorch(const Include& include) {
  return !include.isOurs && (include.target.starts_with("ATen/") || include.target.starts_with("c10/") || include.target.starts_with("torch/"));
}
bool isQt(const Include& include) {
  return !include.isOurs && include.target.size() > 1 && include.target[0] == 'Q' && std::isupper(static_cast<unsigned char>(include.target[1]));
}
bool isVulkan(const Include& include) {
  return include.target.find("vulkan") != std::string::npos || include.target.find("volk") != std::string::npos;
}

TEST(LayersTest, TheArrowsHaveNoCircle) {
  for (const auto& [layer, uses] : kUses) {
    for (const std::string& used : uses) {
      EXPECT_TRUE(kUses.count(used)) << used;
      EXPECT_FALSE(reachableFrom(used).count(layer)) << layer << " and " << used << " use each other";
    }
  }
}

TEST(LayersTest, EveryIncludePointsDownwards) {
  std::map<std::string, std::set<std::string>> reachable;
  std::size_t checked = 0;
  for (const Include& include : allIncludes()) {
    if (!include.isOurs) continue;
    const std::string from = layerOf(include.file);
    const std::string to = layerOf(include.target);
    ASSERT_TRUE(kUses.count(from)) << from << " is in no layer";
    EXPECT_TRUE(kUses.count(to)) << include.where() << ": not by its path from the top";
    if (!reachable.count(from)) reachable[from] = reachableFrom(from);
    EXPECT_TRUE(reachable[from].count(to)) << include.where() << ": " << from << " may not know " << to;
    ++checked;
  }
  EXPECT_GT(checked, 300u) << "the tree was not read";
  std::cout << checked << " includes of ours in " << codeFiles().size() << " files\n";
}

TEST(LayersTest, AWrongArrowWouldBeSeen) {
  EXPECT_FALSE(reachableFrom("engine/timeline").count("engine/generation"));
  EXPECT_FALSE(reachableFrom("render").count("engine/timeline"));
  EXPECT_FALSE(reachableFrom("ui").count("engine/network"));
  EXPECT_FALSE(reachableFrom("ui").count("engine/text"));
  EXPECT_FALSE(reachableFrom("engine/generation").count("engine/torch_runtime"));
  EXPECT_TRUE(reachableFrom("app").count("engine/core"));
}

TEST(LayersTest, TorchStaysInFewFilesOfItsLayers) {
  std::set<fs::path> files;
  for (const Include& include : allIncludes()) {
    if (!isTorch(include)) continue;
    EXPECT_TRUE(kTorchLayers.count(layerOf(include.file))) << include.where();
    EXPECT_FALSE(include.target.starts_with("torch/torch.h") || include.target.starts_with("torch/all.h")) << include.where() << ": far too much";
    files.insert(include.file);
  }
  EXPECT_LE(files.size(), kMaxTorchFiles);
  std::cout << files.size() << " files see torch's headers\n";
}

TEST(LayersTest, QtStaysInUiAndApp) {
  std::set<fs::path> files;
  for (const Include& include : allIncludes()) {
    if (!isQt(include)) continue;
    const std::string layer = layerOf(include.file);
    EXPECT_TRUE(layer == "ui" || layer == "app") << include.where();
    files.insert(include.file);
  }
  std::cout << files.size() << " files see Qt's headers\n";
}

TEST(LayersTest, VulkanStaysInRenderAndOneFileOfTheViewport) {
  std::set<fs::path> files, ofUi;
  for (const Include& include : allIncludes()) {
    if (!isVulkan(include)) continue;
    const std::string layer = layerOf(include.file);
    const bool isViewport = include.file.string().starts_with("ui/viewport/");
    EXPECT_TRUE(layer == "render" || layer == "cuda" || isViewport) << include.where();
    (layer == "ui" ? ofUi : files).insert(include.file);
  }
  EXPECT_LE(ofUi.size(), kMaxVulkanFilesOfUi);
  std::cout << files.size() + ofUi.size() << " files see Vulkan's headers\n";
}

TEST(LayersTest, FfmpegStaysInOneFolder) {
  std::size_t seen = 0;
  for (const Include& include : allIncludes()) {
    if (!include.target.starts_with("libav") && !include.target.starts_with("libsw")) continue;
    EXPECT_TRUE(include.file.string().starts_with("engine/media/decode/")) << include.where();
    ++seen;
  }
  EXPECT_GT(seen, 2u);
}

TEST(LayersTest, CudaStaysInItsFolder) {
  for (const Include& include : allIncludes()) {
    if (include.isOurs || (!include.target.starts_with("cuda") && !include.target.starts_with("cublas"))) continue;
    EXPECT_EQ(layerOf(include.file), "cuda") << include.where();
  }
}

// What a user could lose is written by saveFileSafely.
TEST(LayersTest, NobodyWritesFilesPastTheSafeSave) {
  static const std::regex pattern(R"(std::ofstream|QSaveFile|\bfopen\s*\(|QIODevice::WriteOnly|QFile::WriteOnly)");
  std::size_t lines = 0;
  for (const fs::path& file : codeFiles()) {
    std::ifstream text(fs::path(KINESCORE_SOURCE_DIR) / file);
    std::string line;
    for (int number = 1; std::getline(text, line); ++number, ++lines) {
      EXPECT_FALSE(std::regex_search(line, pattern)) << file << ":" << number << " " << line;
    }
  }
  EXPECT_GT(lines, 5000u);
}

}  // namespace
}  // namespace kinescore
