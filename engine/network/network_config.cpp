#include "engine/network/network_config.h"

#include <array>
#include <string>

namespace kinescore {
namespace {

struct Field {
  const char* name;
  int NetworkConfig::* member;
  int low, high;
  bool mayBeMissing = false;  // then it is `low`
};
constexpr std::array<Field, 11> kFields = {{{"width", &NetworkConfig::width, 16, 2048},
                                           {"layers", &NetworkConfig::layers, 1, 64},
                                           {"heads", &NetworkConfig::heads, 1, 64},
                                           {"feed_forward", &NetworkConfig::feedForward, 1, 8},
                                           {"reference_width", &NetworkConfig::referenceWidth, 16, 1024},
                                           {"reference_layers", &NetworkConfig::referenceLayers, 0, 16},
                                           {"narrow_frames", &NetworkConfig::narrowFrames, 2, 1024},
                                           {"senses", &NetworkConfig::senses, 0, 1, true},
                                           {"draft", &NetworkConfig::draft, 0, 1, true},
                                           {"token_patches", &NetworkConfig::tokenPatches, 1, 16, true},
                                           {"directions", &NetworkConfig::directions, 0, 4096, true}}};

}  // namespace

nlohmann::json jsonFromConfig(const NetworkConfig& config) {
  nlohmann::json json;
  for (const Field& field : kFields) json[field.name] = config.*field.member;
  return json;
}

Result<NetworkConfig> configFromJson(const nlohmann::json& json) {
  NetworkConfig config;
  if (!json.is_object()) return Error{ErrorCode::BadInput, "The network's sizes are missing from its card."};
  for (const Field& field : kFields) {
    const auto found = json.find(field.name);
    if (found == json.end() && field.mayBeMissing) {
      config.*field.member = field.low;
      continue;
    }
    if (found == json.end() || !found->is_number_integer() || found->get<std::int64_t>() < field.low ||
        found->get<std::int64_t>() > field.high) {
      return Error{ErrorCode::BadInput, std::string("The network's card gives no usable size “") +
                                            field.name + "”."};
    }
    config.*field.member = found->get<int>();
  }
  if (config.width % config.heads != 0 || (config.width / config.heads) % 2 != 0 ||
      config.referenceWidth % 32 != 0) {
    return Error{ErrorCode::BadInput, "The network's card gives a width that its heads do not divide."};
  }
  return config;
}

}  // namespace kinescore
