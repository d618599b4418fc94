import { createFileRoute } from "@tanstack/react-router";
import { WelcomePage } from "@/features/session/WelcomePage";

export const Route = createFileRoute("/welcome")({ component: WelcomePage });
