#include "render/pipelines.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "render/gpu_types.h"
#include "render/strokes.h"

namespace kinescore::render {
namespace {

using Code = std::span<const std::uint32_t>;

constexpr std::uint32_t kBackdropVert[] =
#include "shaders/backdrop.vert.inc"
    ;
constexpr std::uint32_t kBackdropFrag[] =
#include "shaders/backdrop.frag.inc"
    ;
constexpr std::uint32_t kFullscreenVert[] =
#include "shaders/fullscreen.vert.inc"
    ;
constexpr std::uint32_t kFigureVert[] =
#include "shaders/figure.vert.inc"
    ;
constexpr std::uint32_t kFigureFrag[] =
#include "shaders/figure.frag.inc"
    ;
constexpr std::uint32_t kGhostFrag[] =
#include "shaders/ghost.frag.inc"
    ;
constexpr std::uint32_t kShadowVert[] =
#include "shaders/shadow.vert.inc"
    ;
constexpr std::uint32_t kShadowFrag[] =
#include "shaders/shadow.frag.inc"
    ;
constexpr std::uint32_t kBlurFrag[] =
#include "shaders/blur.frag.inc"
    ;
constexpr std::uint32_t kDecalVert[] =
#include "shaders/decal.vert.inc"
    ;
constexpr std::uint32_t kDecalFrag[] =
#include "shaders/decal.frag.inc"
    ;
constexpr std::uint32_t kStrokeVert[] =
#include "shaders/stroke.vert.inc"
    ;
constexpr std::uint32_t kStrokeFrag[] =
#include "shaders/stroke.frag.inc"
    ;
constexpr std::uint32_t kOverlayVert[] =
#include "shaders/overlay.vert.inc"
    ;
constexpr std::uint32_t kOverlayFrag[] =
#include "shaders/overlay.frag.inc"
    ;

enum class Vertices { None, Figure, FigureShape, Strokes, Overlays };
enum class Depth { Off, TestAndWrite, TestOnly, TestEqual };
enum class Blend { Replace, Over, Max };

struct Recipe {
  Code vertexCode;
  Code fragmentCode;  // empty: depth only
  Vertices vertices = Vertices::None;
  Depth depth = Depth::Off;
  Blend blend = Blend::Replace;
  bool strip = false;  // triangle strip instead of a list
  bool cullBack = false;
};

Result<Owned<VkShaderModule>> makeModule(Device& device, Code code) {
  VkShaderModuleCreateInfo info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  info.codeSize = code.size_bytes();
  info.pCode = code.data();
  VkShaderModule module = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateShaderModule(device.handle(), &info, nullptr, &module);
      made != VK_SUCCESS) {
    return vulkanError(made, "load a shader");
  }
  return Owned<VkShaderModule>(device.handle(), module, vkDestroyShaderModule);
}

struct VertexLayout {
  std::vector<VkVertexInputBindingDescription> bindings;
  std::vector<VkVertexInputAttributeDescription> attributes;
};

VertexLayout layoutOf(Vertices vertices) {
  constexpr VkFormat kVec4 = VK_FORMAT_R32G32B32A32_SFLOAT;
  switch (vertices) {
    case Vertices::Figure:
      return {{{0, sizeof(gpu::FigureVertex), VK_VERTEX_INPUT_RATE_VERTEX}},
              {{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(gpu::FigureVertex, position)},
               {1, 0, VK_FORMAT_R8G8B8A8_SNORM, offsetof(gpu::FigureVertex, normalOpen)},
               {2, 0, VK_FORMAT_R8G8B8A8_UINT, offsetof(gpu::FigureVertex, joints)},
               {3, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(gpu::FigureVertex, weights)}}};
    case Vertices::FigureShape: {
      VertexLayout layout = layoutOf(Vertices::Figure);
      layout.attributes.erase(layout.attributes.begin() + 1);  // no normal
      return layout;
    }
    case Vertices::Strokes:
      return {{{0, sizeof(Stroke), VK_VERTEX_INPUT_RATE_INSTANCE}},
              {{0, 0, kVec4, offsetof(Stroke, a)},
               {1, 0, kVec4, offsetof(Stroke, b)},
               {2, 0, kVec4, offsetof(Stroke, colourA)},
               {3, 0, kVec4, offsetof(Stroke, colourB)}}};
    case Vertices::Overlays:
      return {{{0, sizeof(gpu::OverlayQuad), VK_VERTEX_INPUT_RATE_INSTANCE}},
              {{0, 0, kVec4, offsetof(gpu::OverlayQuad, rect)},
               {1, 0, kVec4, offsetof(gpu::OverlayQuad, source)}}};
    case Vertices::None: break;
  }
  return {};
}

VkPipelineDepthStencilStateCreateInfo depthState(Depth depth) {
  VkPipelineDepthStencilStateCreateInfo state{VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO};
  state.depthTestEnable = depth != Depth::Off;
  state.depthWriteEnable = depth == Depth::TestAndWrite;
  state.depthCompareOp = depth == Depth::TestEqual ? VK_COMPARE_OP_EQUAL : VK_COMPARE_OP_LESS_OR_EQUAL;
  return state;
}

VkPipelineColorBlendAttachmentState blendState(Blend blend, bool writesColour) {
  VkPipelineColorBlendAttachmentState state{};
  state.blendEnable = blend != Blend::Replace;
  state.srcColorBlendFactor = VK_BLEND_FACTOR_ONE;
  state.dstColorBlendFactor = blend == Blend::Max ? VK_BLEND_FACTOR_ONE : VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
  state.srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
  state.dstAlphaBlendFactor = state.dstColorBlendFactor;
  state.colorBlendOp = blend == Blend::Max ? VK_BLEND_OP_MAX : VK_BLEND_OP_ADD;
  state.alphaBlendOp = state.colorBlendOp;
  if (writesColour) {
    state.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT |
                           VK_COLOR_COMPONENT_A_BIT;
  }
  return state;
}

Result<Owned<VkPipeline>> makePipeline(Device& device, VkPipelineLayout layout, const Recipe& recipe,
                                       const TargetFormat& format) {
  auto vertexModule = makeModule(device, recipe.vertexCode);
  if (!vertexModule) return vertexModule.error();
  std::vector<VkPipelineShaderStageCreateInfo> stages(1, {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO});
  stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT;
  stages[0].module = vertexModule->get();
  stages[0].pName = "main";
  Owned<VkShaderModule> fragmentModule;
  if (!recipe.fragmentCode.empty()) {
    auto module = makeModule(device, recipe.fragmentCode);
    if (!module) return module.error();
    fragmentModule = std::move(*module);
    stages.push_back(stages[0]);
    stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT;
    stages[1].module = fragmentModule.get();
  }

  const VertexLayout vertexLayout = layoutOf(recipe.vertices);
  VkPipelineVertexInputStateCreateInfo input{VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
  input.vertexBindingDescriptionCount = std::uint32_t(vertexLayout.bindings.size());
  input.pVertexBindingDescriptions = vertexLayout.bindings.data();
  input.vertexAttributeDescriptionCount = std::uint32_t(vertexLayout.attributes.size());
  input.pVertexAttributeDescriptions = vertexLayout.attributes.data();

  VkPipelineInputAssemblyStateCreateInfo assembly{VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO};
  assembly.topology =
      recipe.strip ? VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP : VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
  VkPipelineViewportStateCreateInfo viewport{VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO};
  viewport.viewportCount = 1;
  viewport.scissorCount = 1;
  VkPipelineRasterizationStateCreateInfo raster{VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO};
  raster.cullMode = VkCullModeFlags(recipe.cullBack ? VK_CULL_MODE_BACK_BIT : VK_CULL_MODE_NONE);
  raster.frontFace = VK_FRONT_FACE_COUNTER_CLOCKWISE;
  raster.lineWidth = 1.0f;
  VkPipelineMultisampleStateCreateInfo multisample{VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO};
  multisample.rasterizationSamples = format.samples;
  const VkPipelineDepthStencilStateCreateInfo depth = depthState(recipe.depth);
  const VkPipelineColorBlendAttachmentState attachment = blendState(recipe.blend, !recipe.fragmentCode.empty());
  VkPipelineColorBlendStateCreateInfo blend{VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO};
  blend.attachmentCount = 1;
  blend.pAttachments = &attachment;
  const std::array dynamicStates = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
  VkPipelineDynamicStateCreateInfo dynamic{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO};
  dynamic.dynamicStateCount = std::uint32_t(dynamicStates.size());
  dynamic.pDynamicStates = dynamicStates.data();
  VkPipelineRenderingCreateInfo rendering{VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO};
  rendering.colorAttachmentCount = 1;
  rendering.pColorAttachmentFormats = &format.colour;
  rendering.depthAttachmentFormat = format.depth;

  VkGraphicsPipelineCreateInfo info{VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO, &rendering};
  info.stageCount = std::uint32_t(stages.size());
  info.pStages = stages.data();
  info.pVertexInputState = &input;
  info.pInputAssemblyState = &assembly;
  info.pViewportState = &viewport;
  info.pRasterizationState = &raster;
  info.pMultisampleState = &multisample;
  info.pDepthStencilState = &depth;
  info.pColorBlendState = &blend;
  info.pDynamicState = &dynamic;
  info.layout = layout;
  VkPipeline pipeline = VK_NULL_HANDLE;
  if (const VkResult made =
          vkCreateGraphicsPipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline);
      made != VK_SUCCESS) {
    return vulkanError(made, "prepare a drawing step");
  }
  return Owned<VkPipeline>(device.handle(), pipeline, vkDestroyPipeline);
}

Status makeLayouts(Device& device, Pipelines& pipelines) {
  const auto binding = [](std::uint32_t number, VkDescriptorType type, VkShaderStageFlags stages) {
    return VkDescriptorSetLayoutBinding{number, type, 1, stages, nullptr};
  };
  constexpr VkShaderStageFlags kBoth = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;
  const std::array bindings = {
      binding(0, VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, kBoth),
      binding(1, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kBoth),
      binding(2, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, VK_SHADER_STAGE_FRAGMENT_BIT),
      binding(3, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, VK_SHADER_STAGE_FRAGMENT_BIT),
      binding(4, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, VK_SHADER_STAGE_FRAGMENT_BIT),
  };
  VkDescriptorSetLayoutCreateInfo setInfo{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  setInfo.bindingCount = std::uint32_t(bindings.size());
  setInfo.pBindings = bindings.data();
  VkDescriptorSetLayout setLayout = VK_NULL_HANDLE;
  if (const VkResult made = vkCreateDescriptorSetLayout(device.handle(), &setInfo, nullptr, &setLayout);
      made != VK_SUCCESS) {
    return vulkanError(made, "lay out the shaders' inputs");
  }
  pipelines.setLayout = {device.handle(), setLayout, vkDestroyDescriptorSetLayout};

  const VkPushConstantRange constants{kBoth, 0, sizeof(gpu::DrawConstants)};
  VkPipelineLayoutCreateInfo info{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  info.setLayoutCount = 1;
  info.pSetLayouts = &setLayout;
  info.pushConstantRangeCount = 1;
  info.pPushConstantRanges = &constants;
  VkPipelineLayout layout = VK_NULL_HANDLE;
  if (const VkResult made = vkCreatePipelineLayout(device.handle(), &info, nullptr, &layout);
      made != VK_SUCCESS) {
    return vulkanError(made, "lay out the shaders' inputs");
  }
  pipelines.layout = {device.handle(), layout, vkDestroyPipelineLayout};
  return {};
}

}  // namespace

Result<Pipelines> Pipelines::create(Device& device, const TargetFormat& format) {
  Pipelines pipelines;
  if (Status made = makeLayouts(device, pipelines); !made) return made.error();

  const TargetFormat tile{kShadowFormat, VK_FORMAT_UNDEFINED, VK_SAMPLE_COUNT_1_BIT};
  struct Entry {
    Owned<VkPipeline>* pipeline;
    const TargetFormat* format;
    Recipe recipe;
  };
  const std::array entries = {
      Entry{&pipelines.backdrop, &format, {kBackdropVert, kBackdropFrag}},
      Entry{&pipelines.shadow, &tile, {kShadowVert, kShadowFrag, Vertices::FigureShape, Depth::Off, Blend::Max}},
      Entry{&pipelines.blur, &tile, {kFullscreenVert, kBlurFrag}},
      Entry{&pipelines.decal, &format, {kDecalVert, kDecalFrag, Vertices::None, Depth::Off, Blend::Over, true}},
      Entry{&pipelines.figure, &format,
            {kFigureVert, kFigureFrag, Vertices::Figure, Depth::TestAndWrite, Blend::Replace, false, true}},
      Entry{&pipelines.ghostDepth, &format,
            {kFigureVert, {}, Vertices::Figure, Depth::TestAndWrite, Blend::Replace, false, true}},
      Entry{&pipelines.ghost, &format,
            {kFigureVert, kGhostFrag, Vertices::Figure, Depth::TestEqual, Blend::Over, false, true}},
      Entry{&pipelines.floorStroke, &format,
            {kStrokeVert, kStrokeFrag, Vertices::Strokes, Depth::Off, Blend::Over, true}},
      Entry{&pipelines.worldStroke, &format,
            {kStrokeVert, kStrokeFrag, Vertices::Strokes, Depth::TestOnly, Blend::Over, true}},
      Entry{&pipelines.overlay, &format,
            {kOverlayVert, kOverlayFrag, Vertices::Overlays, Depth::Off, Blend::Over, true}},
  };
  for (const Entry& entry : entries) {
    auto made = makePipeline(device, pipelines.layout.get(), entry.recipe, *entry.format);
    if (!made) return made.error();
    *entry.pipeline = std::move(*made);
  }
  return pipelines;
}

}  // namespace kinescore::render
