#include "engine/storage/safetensors_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SafetensorsStreamTest : public testing::Test {
 protected:
  void putFile(const std::string& name, const std::map<std::string, std::vector<float>>& tensors) {
    SafetensorsWriter writer;
    for (const auto& [tensor, values] : tensors) writer.addFloats(tensor, {std::int64_t(values.size()) / 2, 2}, values);
    putBytes(folder_ / name, writer.write());
  }
  TemporaryFolder folder_;
};

TEST_F(SafetensorsStreamTest, ATensorAtATimeGivesTheSameFileAsAllAtOnce) {
  SafetensorsWriter whole;
  whole.setMetadata("note", "x");
  whole.addFloats("b", {2}, std::vector<float>{1, 2});
  whole.addBytes("a", ElementType::I64, {}, std::string(8, '\1'));
  auto output = SafetensorsOutput::create(folder_ / "x.safetensors",
                                          {{"b", ElementType::F32, {2}}, {"a", ElementType::I64, {}}}, {{"note", "x"}});
  ASSERT_TRUE(output) << output.error().message;
  ASSERT_EQ(output->tensors()[0].name, "a") << "wide types first";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.safetensors"));
  ASSERT_TRUE(output->append(std::string(8, '\1')));
  const float values[] = {1, 2};
  ASSERT_TRUE(output->append({reinterpret_cast<const char*>(values), 8}));
  const auto hash = output->finish();
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(bytesOf(folder_ / "x.safetensors"), whole.write());
  EXPECT_EQ(*hash, sha256Hex(whole.write()));
}

TEST_F(SafetensorsStreamTest, WhatIsNotFinishedLeavesNothing) {
  { auto output = SafetensorsOutput::create(folder_ / "x.safetensors", {{"b", ElementType::F32, {2}}}, {}); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  auto output = SafetensorsOutput::create(folder_ / "y.safetensors", {}, {});  // a header alone
  const auto stopped = output->finish([](double) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

TEST_F(SafetensorsStreamTest, ReadsTensorsAndRowsFromDisk) {
  putFile("m.safetensors", {{"w", {1, 2, 3, 4, 5, 6}}, {"v", {7, 8}}});
  const auto file = SafetensorsOnDisk::open(folder_ / "m.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 2u);
  EXPECT_THAT(file->read("w")->view().toFloats(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(file->readRow("w", 1)->view().toFloats(), ElementsAre(3, 4));
  EXPECT_THAT(file->readRow("w", 1)->shape, ElementsAre(2));
}

TEST_F(SafetensorsStreamTest, DamageOnDiskIsAnsweredWhereItIs) {
  putFile("m.safetensors", {{"w", {1, std::numeric_limits<float>::infinity(), 3, 4}}});
  const auto file = SafetensorsOnDisk::open(folder_ / "m.safetensors");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->readRow("w", 1));
  EXPECT_THAT(file->readRow("w", 0).error().message, HasSubstr("not finite"));
  const std::string bytes = bytesOf(folder_ / "m.safetensors");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    putBytes(folder_ / "cut.safetensors", bytes.substr(0, cut));
    ASSERT_FALSE(SafetensorsOnDisk::open(folder_ / "cut.safetensors")) << cut;
  }
}

TEST_F(SafetensorsStreamTest, ModelsInSeveralFiles) {
  putFile("model-00001-of-00002.safetensors", {{"a", {1, 2}}});
  putFile("model-00002-of-00002.safetensors", {{"b", {3, 4}}, {"c", {5, 6}}});
  putBytes(
      folder_ / "model.safetensors.index.json",
      R"({"metadata": {"total_size": 24}, "weight_map": {"a": "model-00001-of-00002.safetensors",)"
           R"( "b": "model-00002-of-00002.safetensors"}})");
  for (const auto& path : {folder_.path(), folder_ / "model.safetensors.index.json"}) {
    const auto model = TensorFolder::open(path);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(model->names(), ElementsAre("a", "b"));
    EXPECT_THAT(model->read("b")->view().toFloats(), ElementsAre(3, 4));
    EXPECT_TRUE(model->shapeOf("a", {-1, 2}));
    EXPECT_THAT(model->shapeOf("a", {2}).error().message, HasSubstr("another shape"));
    EXPECT_THAT(model->shapeOf("c", {1, 2}).error().message, HasSubstr("missing"));
  }
}

TEST_F(SafetensorsStreamTest, WrongListsOfFilesAreNamed) {
  putFile("one.safetensors", {{"a", {1, 2}}});
  const auto refused = [&](const std::string& json, const std::string& part) {
    putBytes(folder_ / "model.safetensors.index.json", json);
    const auto model = TensorFolder::open(folder_.path());
    ASSERT_FALSE(model) << part;
    EXPECT_THAT(model.error().message, HasSubstr(part));
  };
  refused("[]", "which file holds which tensor");
  refused(R"({"weight_map": []})", "which file holds which tensor");
  refused(R"({"weight_map": {"a": "../one.safetensors"}})", "no file beside it");
  refused(R"({"weight_map": {"a": "/etc/passwd"}})", "no file beside it");
  refused(R"({"weight_map": {"a": ".."}})", "no file beside it");
  refused(R"({"weight_map": {"a": 1}})", "no file beside it");
  refused(R"({"weight_map": {"a": "two.safetensors"}})", "does not exist");
  refused(R"({"weight_map": {"b": "one.safetensors"}})", "but it does not");
  const TemporaryFolder empty;
  EXPECT_THAT(TensorFolder::open(empty.path()).error().message, HasSubstr("neither"));
}

}  // namespace
}  // namespace kinescore
