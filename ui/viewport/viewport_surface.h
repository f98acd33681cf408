// The native window the view is drawn on. Its source is the one file that knows both Qt and Vulkan.
#pragma once

#include <functional>
#include <memory>

#include <QString>
#include <QWindow>

#include "render/scene.h"

namespace kinescore {

class ViewportSurface : public QWindow {
  Q_OBJECT

 public:
  /// Starts Vulkan for windows. On failure it returns null and `reason` is filled.
  static std::unique_ptr<ViewportSurface> create(QString& reason);
  ~ViewportSurface() override;

  /// Shows the scene as soon as the window is on screen and the device is free.
  void show3d(const render::Scene& scene);
  /// Gets every event of the mouse and the keyboard first; true when it used it.
  void setInputHandler(std::function<bool(QEvent*)> handler);

 Q_SIGNALS:
  void started(const QString& deviceName);
  /// The device or the surface failed for good.
  void failed(const QString& reason);
  /// The window has a new size or came on screen: a new scene is wanted.
  void sceneWanted();

 protected:
  void exposeEvent(QExposeEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

 private:
  class Private;
  explicit ViewportSurface(std::unique_ptr<Private> d);
  std::unique_ptr<Private> d_;
};

}  // namespace kinescore
