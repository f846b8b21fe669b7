// Starts Turbo and the controllers; everything on a page works without this file but slower.
import "./vendor/turbo.js"
import { Application } from "./vendor/stimulus.js"
import controllers from "./controllers.js"
import "./busy.js"

const application = Application.start()
for (const [name, controller] of Object.entries(controllers)) application.register(name, controller)
