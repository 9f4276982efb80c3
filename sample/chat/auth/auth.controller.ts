import { Body, Controller, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SessionStore } from 'nestjs-redis-hub/session';
import { readObject, readText } from '../common/read-text.js';
import { CurrentUser } from './current-user.decorator.js';
import { LoginGuard, SessionGuard } from './login.guard.js';
import { logIn, logOut } from './session-actions.js';

interface Me {
  readonly user: string;
}

interface Ended {
  /** How many sessions there were, this one among them. */
  readonly ended: number;
}

@Controller()
export class AuthController {
  constructor(private readonly sessions: SessionStore) {}

  /** A name is enough: this sample is about sessions, not about passwords. */
  @Post('login')
  @HttpCode(200)
  @UseGuards(SessionGuard)
  async login(@Req() request: Request, @Body() body: unknown): Promise<Me> {
    const user = readText(readObject(body)['user'], 'user', { max: 40, line: true });
    await logIn(request, user);
    return { user };
  }

  @Post('logout')
  @HttpCode(204)
  @UseGuards(SessionGuard)
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await logOut(request);
    response.clearCookie('chat.sid');
  }

  /** Ends every session of the user, on whatever browser; 503 where there may be others, after those that are known. */
  @Post('logout/everywhere')
  @HttpCode(200)
  @UseGuards(LoginGuard)
  async logoutEverywhere(
    @CurrentUser() user: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Ended> {
    const ended = await this.sessions.destroyByUser(user);
    await logOut(request);
    response.clearCookie('chat.sid');
    return { ended };
  }

  @Get('me')
  @UseGuards(LoginGuard)
  me(@CurrentUser() user: string): Me {
    return { user };
  }
}
