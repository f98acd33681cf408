#include "engine/storage/json.h"

#include <cmath>
#include <set>
#include <vector>

namespace kinescore {
namespace {

using nlohmann::json;

// Watches the parse: depth, duplicate keys and infinite numbers are refused while they are read.
class GuardedBuilder : public nlohmann::json_sax<json> {
 public:
  explicit GuardedBuilder(json& root) : builder_(root, false) {}
  std::string problem;

  bool null() override { return builder_.null(); }
  bool boolean(bool v) override { return builder_.boolean(v); }
  bool number_integer(number_integer_t v) override { return builder_.number_integer(v); }
  bool number_unsigned(number_unsigned_t v) override { return builder_.number_unsigned(v); }
  bool number_float(number_float_t v, const string_t& text) override {
    if (!std::isfinite(v)) return refuse("holds a number that is not finite");
    return builder_.number_float(v, text);
  }
  bool string(string_t& v) override { return builder_.string(v); }
  bool binary(binary_t& v) override { return builder_.binary(v); }
  bool start_object(std::size_t) override {
    if (!enter()) return false;
    keys_.emplace_back();
    return builder_.start_object(std::size_t(-1));
  }
  bool key(string_t& v) override {
    if (!keys_.back().insert(v).second) return refuse("has the field “" + v.substr(0, 60) + "” twice");
    return builder_.key(v);
  }
  bool end_object() override {
    --depth_;
    keys_.pop_back();
    return builder_.end_object();
  }
  bool start_array(std::size_t) override { return enter() && builder_.start_array(std::size_t(-1)); }
  bool end_array() override {
    --depth_;
    return builder_.end_array();
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("is damaged near byte " + std::to_string(position));
  }

 private:
  bool enter() { return ++depth_ <= kMaxJsonDepth || refuse("is nested too deeply"); }
  bool refuse(std::string why) {
    if (problem.empty()) problem = std::move(why);
    return false;
  }

  nlohmann::detail::json_sax_dom_parser<json> builder_;
  std::vector<std::set<std::string>> keys_;
  int depth_ = 0;
};

}  // namespace

Result<json> parseJson(std::string_view text, std::string_view what, std::size_t limitBytes) {
  const auto refuse = [&](const std::string& why) {
    return Error{ErrorCode::BadInput, "The " + std::string(what) + " " + why + "."};
  };
  if (text.size() > limitBytes) return refuse("is too large to be read");
  json root;
  GuardedBuilder builder(root);
  if (!json::sax_parse(text.begin(), text.end(), &builder)) {
    return refuse(builder.problem.empty() ? "is not valid JSON" : builder.problem);
  }
  return root;
}

}  // namespace kinescore
